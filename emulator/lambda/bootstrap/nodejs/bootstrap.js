// Lambda's Node.js runtime: polls the Runtime API, runs the user's handler, sends SDK calls to the
// emulator. Started with the function's environment and nothing else. No AWS logic in here.
'use strict';

const fs = require('fs');
const http = require('http');
const Module = require('module');
const path = require('path');

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const PREFIX = '/2018-06-01/runtime';
// One connection, kept: Node turns TCP_NODELAY on by itself for keep-alive agents since 14; older ones are told.
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

// ---- Runtime API ---------------------------------------------------------------------------------

function call(method, url, body, headers) {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : Buffer.from(body);
    const options = { host, port, method, path: PREFIX + url, agent, headers: Object.assign({}, headers) };
    if (payload) options.headers['Content-Length'] = payload.length;
    const request = http.request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
    });
    request.setNoDelay(true);
    request.on('error', reject);
    request.end(payload);
  });
}

// What Lambda's runtime says of an error: its type, text and stack.
function errorFields(error) {
  if (error instanceof Error) {
    return {
      errorType: error.name,
      errorMessage: error.message,
      // Without this file's own frames: nobody can do anything about them.
      trace: (error.stack || '').split('\n').filter((line) => !line.includes(__filename)),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function post(url, fields) {
  return call('POST', url, JSON.stringify(fields), {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Function-Error-Type': fields.errorType,
  });
}

async function failInit(error, type) {
  const fields = errorFields(error);
  if (type) fields.errorType = type;
  console.error(JSON.stringify(Object.assign({ timestamp: new Date().toISOString() }, { level: 'ERROR' }, fields)));
  await post('/init/error', fields);
  process.exit(1);
}

// ---- Console: Lambda puts time, request id and level in front of each line -------------------------

let requestId;

function patchConsole() {
  const format = require('util').format;
  const write = (level) => (...values) => {
    const text = format(...values).replace(/\n/g, '\r');
    fs.writeSync(1, `${new Date().toISOString()}\t${requestId}\t${level}\t${text}\n`);
  };
  console.log = write('INFO');
  console.info = write('INFO');
  console.debug = write('DEBUG');
  console.trace = write('TRACE');
  console.warn = write('WARN');
  console.error = write('ERROR');
}

// ---- SDK redirect ----------------------------------------------------------------------------------

// AWS SDK for JavaScript v2 knows no AWS_ENDPOINT_URL. Every service client asks
// Service.prototype.defineService's constructors for its endpoint; giving the global configuration
// none and each client ours keeps an endpoint that the code names itself.
function redirectSdkV2(core) {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (!endpoint || !core || !core.Service || core.Service.offstageRedirected) return;
  core.Service.offstageRedirected = true;
  const initialize = core.Service.prototype.initialize;
  core.Service.prototype.initialize = function redirected(config) {
    const given = (config && config.endpoint) || core.config.endpoint;
    initialize.call(this, config);
    if (given) return;
    this.config.endpoint = endpoint;
    this.setEndpoint(endpoint);
    this.isGlobalEndpoint = false;
    // Addresses like https://bucket.s3... must become paths of the one endpoint.
    this.config.s3ForcePathStyle = true;
    this.config.hostPrefixEnabled = false;
  };
}

// 'aws-sdk' and its deep imports ('aws-sdk/clients/dynamodb') all load aws-sdk/lib/core first.
function watchForSdkV2() {
  const load = Module._load;
  Module._load = function loadAndRedirect(request, parent, isMain) {
    const exported = load.call(this, request, parent, isMain);
    if (/(^|\/)(core|node_loader|aws|aws-sdk)$/.test(request) && exported !== null && typeof exported === 'object') {
      // Object.keys, because reading a member of a module that is still loading prints a warning.
      const names = Object.keys(exported);
      if (names.includes('Service') && names.includes('VERSION') && names.includes('util')) redirectSdkV2(exported);
    }
    return exported;
  };
}

// ---- The user's handler -----------------------------------------------------------------------------

class HandlerNotFound extends Error {}
class MalformedHandlerName extends Error {}

function splitHandler(text) {
  const base = path.basename(text);
  const match = base.match(/^([^.]*)\.(.*)$/);
  if (!match || text.indexOf('..') >= 0) throw new MalformedHandlerName('Bad handler');
  return { file: path.join(text.substring(0, text.length - base.length), match[1]), name: match[2] };
}

function isModule(file) {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const description = path.join(folder, 'package.json');
    if (fs.existsSync(description)) {
      try {
        return JSON.parse(fs.readFileSync(description, 'utf8')).type === 'module';
      } catch (error) {
        return false;
      }
    }
    if (folder === path.dirname(folder)) return false;
  }
}

async function loadModule(root, relative) {
  const base = path.resolve(root, relative);
  for (const extension of ['', '.js', '.mjs', '.cjs']) {
    const file = base + extension;
    if (!fs.existsSync(file) || fs.statSync(file).isDirectory()) continue;
    if (isModule(file)) return import(require('url').pathToFileURL(file).href);
    return require(file);
  }
  // A folder with an index, or a package; else Node's own error.
  try {
    return require(require.resolve(relative, { paths: [root] }));
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return require(base);
  }
}

async function loadHandler() {
  const { file, name } = splitHandler(process.env._HANDLER);
  const loaded = await loadModule(process.env.LAMBDA_TASK_ROOT, file);
  const find = (from) => name.split('.').reduce((object, key) => (object === undefined || object === null ? undefined : object[key]), from);
  let handler = find(loaded);
  if (handler === undefined && loaded.default) handler = find(loaded.default);
  if (handler === undefined) throw new HandlerNotFound(`${process.env._HANDLER} is undefined or not exported`);
  if (typeof handler !== 'function') throw new HandlerNotFound(`${process.env._HANDLER} is not a function`);
  return handler;
}

function initErrorType(error) {
  if (error instanceof HandlerNotFound) return 'Runtime.HandlerNotFound';
  if (error instanceof MalformedHandlerName) return 'Runtime.MalformedHandlerName';
  if (error instanceof SyntaxError) return 'Runtime.UserCodeSyntaxError';
  if (error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND')) return 'Runtime.ImportModuleError';
  return undefined;
}

// ---- One invocation ----------------------------------------------------------------------------------

function makeContext(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parse(headers['lambda-runtime-client-context']),
    identity: parse(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  return context;
}

function parse(text) {
  return text ? JSON.parse(text) : undefined;
}

// Resolves when the loop has nothing left to do: a callback's answer is sent only then, unless the
// handler said that it need not wait.
function whenLoopIsEmpty() {
  return new Promise((resolve) => process.once('beforeExit', resolve));
}

function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    let answered = false;
    const finish = (settle) => (value) => {
      answered = true;
      if (context.callbackWaitsForEmptyEventLoop) whenLoopIsEmpty().then(() => settle(value));
      else settle(value);
    };
    const callback = (error, value) => (error !== undefined && error !== null ? finish(reject)(error) : finish(resolve)(value));
    // The interface of Node.js 0.10, still used: done() does not wait for the loop.
    context.done = (error, value) => (error !== undefined && error !== null ? reject(error) : resolve(value));
    context.fail = (error) => context.done(error === undefined || error === null ? 'handled' : error);
    context.succeed = (value) => context.done(null, value);
    const returned = handler(event, context, callback);
    if (returned && typeof returned.then === 'function') {
      returned.then(resolve, reject);
    } else {
      // No promise: a callback may come as long as the loop has work; after that Lambda answers null.
      whenLoopIsEmpty().then(() => {
        if (!answered) resolve(null);
      });
    }
  });
}

async function reportFailure(id, error) {
  const fields = errorFields(error);
  console.error('Invoke Error', JSON.stringify(Object.assign({}, fields, { stack: fields.trace })));
  await post(`/invocation/${id}/error`, fields);
}

async function serveOne(handler) {
  const next = await call('GET', '/invocation/next');
  if (next.status !== 200) throw new Error(`invocation/next answered ${next.status}`);
  requestId = next.headers['lambda-runtime-aws-request-id'];
  const id = requestId;
  if (next.headers['lambda-runtime-trace-id']) process.env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
  try {
    const result = await run(handler, JSON.parse(next.body.toString('utf8')), makeContext(next.headers));
    const body = JSON.stringify(result === undefined ? null : result);
    await call('POST', `/invocation/${id}/response`, body === undefined ? 'null' : body, { 'Content-Type': 'application/json' });
  } catch (error) {
    await reportFailure(id, error);
  }
}

// An error that nobody awaited: Lambda reports it and ends the process.
function onFatal(type) {
  return (error) => {
    const fields = errorFields(error);
    if (type) {
      fields.errorMessage = type === 'Runtime.UnhandledPromiseRejection' ? (error && error.stack ? String(error) : String(error)) : fields.errorMessage;
      fields.errorType = type;
    }
    console.error(type === 'Runtime.UnhandledPromiseRejection' ? 'Unhandled Promise Rejection' : 'Uncaught Exception', JSON.stringify(fields));
    const url = requestId === undefined ? '/init/error' : `/invocation/${requestId}/error`;
    post(url, fields).then(() => process.exit(129), () => process.exit(129));
  };
}

async function main() {
  // The handler's file sees the arguments and main module of a plain script.
  patchConsole();
  watchForSdkV2();
  process.on('uncaughtException', onFatal());
  process.on('unhandledRejection', onFatal('Runtime.UnhandledPromiseRejection'));
  let handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    await failInit(error, initErrorType(error));
    return;
  }
  for (;;) await serveOne(handler);
}

main();
