// Runs a Node.js handler over the Lambda Runtime API.
//
// Started as: node bootstrap.js SETTINGS, where SETTINGS is a JSON object with the keys task_root,
// runtime_dir, handler, layers, layers_at_opt, network and runtime_major. Written for old and new versions of Node.js alike.
'use strict';

// Microseconds of the steady clock: when this program began, when the user's code did, when that was
// loaded. Told with the first `next`.
function steadyMicros() {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanos / 1e3);
}
let marks = [steadyMicros()];

const settings = JSON.parse(process.argv[2]);
process.argv.splice(2);
process.argv[1] = settings.runtime_dir + '/index.mjs';

const fs = require('fs');
const Module = require('module');
const net = require('net');
const path = require('path');
const url = require('url');
const util = require('util');

const endpoint = process.env.AWS_ENDPOINT_URL || '';

// --- The connection to the Runtime API ---------------------------------------------------------------

// One kept-alive HTTP/1.1 connection, spoken by hand. While the handler runs it is unreferenced: an
// empty event loop is how a handler without callback ends.
class RuntimeApi {
  constructor(address) {
    const colon = address.lastIndexOf(':');
    this.address = address;
    this.host = address.slice(0, colon);
    this.port = Number(address.slice(colon + 1));
    this.socket = null;
    this.chunks = [];
    this.waiting = null;
  }

  connect() {
    const socket = net.connect({ host: this.host, port: this.port });
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      this.chunks.push(data);
      this.takeReply();
    });
    const closed = (error) => {
      if (this.socket !== socket) return;
      this.socket = null;
      const waiting = this.waiting;
      this.waiting = null;
      if (waiting) waiting.reject(error || new Error('connection closed'));
    };
    socket.on('error', closed);
    socket.on('close', () => closed());
    this.socket = socket;
  }

  request(method, target, body, headers) {
    const bytes = Buffer.from(body || '', 'utf8');
    let head = `${method} /2018-06-01/runtime/${target} HTTP/1.1\r\nHost: ${this.address}\r\n` +
        `Content-Length: ${bytes.length}\r\n`;
    for (const name of Object.keys(headers || {})) head += `${name}: ${headers[name]}\r\n`;
    if (!this.socket) this.connect();
    this.socket.ref();
    return new Promise((resolve, reject) => {
      this.chunks = [];
      this.head = null;
      this.waiting = { resolve, reject };
      this.socket.write(Buffer.concat([Buffer.from(head + '\r\n', 'latin1'), bytes]));
    });
  }

  // A request whose body is written piece by piece, chunked; end(trailers) resolves with the reply.
  stream(target, headers) {
    let head = `POST /2018-06-01/runtime/${target} HTTP/1.1\r\nHost: ${this.address}\r\n` +
        'Transfer-Encoding: chunked\r\n';
    for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`;
    if (!this.socket) this.connect();
    this.socket.ref();
    this.socket.write(Buffer.from(head + '\r\n', 'latin1'));
    return {
      write: (bytes, done) => {
        if (bytes.length === 0) return done && done();
        const framed = [Buffer.from(bytes.length.toString(16) + '\r\n'), bytes, Buffer.from('\r\n')];
        return this.socket ? this.socket.write(Buffer.concat(framed), done) : done && done();
      },
      end: (trailers) => new Promise((resolve, reject) => {
        this.chunks = [];
        this.head = null;
        this.waiting = { resolve, reject };
        let text = '0\r\n';
        for (const name of Object.keys(trailers)) text += `${name}: ${trailers[name]}\r\n`;
        this.socket.write(Buffer.from(text + '\r\n', 'latin1'));
      }),
    };
  }

  takeReply() {
    if (!this.waiting) return;
    let buffer = this.chunks.length === 1 ? this.chunks[0] : null;
    if (!this.head) {
      buffer = buffer || Buffer.concat(this.chunks);
      this.chunks = [buffer];
      const end = buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const lines = buffer.toString('latin1', 0, end).split('\r\n');
      const headers = {};
      for (const line of lines.slice(1)) {
        const colon = line.indexOf(':');
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      this.head = { status: Number(lines[0].split(' ')[1]), headers, start: end + 4,
                    length: Number(headers['content-length'] || 0) };
    }
    const size = this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const { status, headers, start, length } = this.head;
    if (size < start + length) return;
    buffer = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
    const waiting = this.waiting;
    this.waiting = null;
    this.chunks = [];
    this.socket.unref();
    waiting.resolve({ status, headers, body: buffer.toString('utf8', start, start + length) });
  }
}

// --- Errors and the console as Lambda has them -------------------------------------------------------

let currentRequestId;

function isError(value) {
  return Object.prototype.toString.call(value) === '[object Error]' || value instanceof Error;
}

// The JSON that the service answers for a failed function.
function toErrorResponse(error) {
  try {
    if (isError(error)) {
      return { errorType: (error.name || 'Error').replace(/\x7F/g, '%7F'),
               errorMessage: String(error.message).replace(/\x7F/g, '%7F'),
               trace: String(error.stack || '').replace(/\x7F/g, '%7F').split('\n') };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch (_) {
    return { errorType: 'handled',
             errorMessage: 'callback called with Error argument, but there was a problem while ' +
                 'retrieving one or more of its message, name, and stack' };
  }
}

// The JSON that is written into the log: own properties first, then the stack.
function toLogged(error) {
  if (!isError(error)) return toErrorResponse(error);
  const logged = { errorType: error.name, errorMessage: error.message };
  if (error.code !== undefined) logged.code = error.code;
  for (const key of Object.keys(error)) logged[key] = error[key];
  logged.stack = String(error.stack || '').split('\n');
  return logged;
}

function stringify(value) {
  try {
    return JSON.stringify(value);
  } catch (_) {
    return JSON.stringify(toErrorResponse(value));
  }
}

// Written at once: process.stdout is a pipe, whose writes may be buffered when the process ends.
function writeOut(text) {
  let bytes = Buffer.from(text, 'utf8');
  while (bytes.length > 0) {
    try {
      bytes = bytes.slice(fs.writeSync(1, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') return;
    }
  }
}

function patchConsole() {
  const logAt = (level) => (...parts) => {
    const text = util.format(...parts).replace(/\n/g, '\r');
    const id = currentRequestId === undefined ? 'undefined' : currentRequestId;
    writeOut(`${new Date().toISOString()}\t${id}\t${level}\t${text}\n`);
  };
  console.log = logAt('INFO');
  console.debug = logAt('DEBUG');
  console.info = logAt('INFO');
  console.warn = logAt('WARN');
  console.error = logAt('ERROR');
  console.trace = logAt('TRACE');
  console.fatal = logAt('FATAL');
}

function fault(type, message, cause) {
  const error = new Error(message);
  error.name = type;
  if (cause && cause.stack) error.stack = cause.stack;
  return error;
}

// --- SDKs that do not know AWS_ENDPOINT_URL ----------------------------------------------------------

const awsHost = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/i;

function hostOf(value) {
  const text = String((value && (value.hostname || value.host || value.href)) || value || '');
  return text.replace(/^[a-z]+:\/\//i, '').split('/')[0].replace(/:\d+$/, '');
}

// Version 2 of the SDK never reads the variable: every service's endpoint is set in one place.
function redirectSdkV2(AWS) {
  if (!AWS || !AWS.Service || !AWS.Service.prototype.setEndpoint) return;
  const prototype = AWS.Service.prototype;
  const original = prototype.setEndpoint;
  prototype.setEndpoint = function setEndpoint(value) {
    if (!value || awsHost.test(hostOf(value)) || /\{/.test(String(value))) {
      return original.call(this, endpoint);
    }
    return original.call(this, value);
  };
}

// Own properties only: asking a module that is still being loaded for others makes Node.js warn.
function isSdkV2(loaded) {
  const has = (name) => Object.prototype.hasOwnProperty.call(loaded, name);
  return Boolean(loaded) && typeof loaded === 'object' && has('Service') && has('VERSION') &&
      has('util');
}

function installHooks() {
  if (!endpoint) return;
  const load = Module._load;
  const patched = new WeakSet();
  Module._load = function hooked(request, parent, ...rest) {
    const loaded = load.call(this, request, parent, ...rest);
    if (/(^|\/)core(\.js)?$/.test(request) && isSdkV2(loaded) && !patched.has(loaded)) {
      patched.add(loaded);
      redirectSdkV2(loaded);
    }
    return loaded;
  };
}

// --- The handler -------------------------------------------------------------------------------------

// "folder/file.nested.name" is folder/file and the path nested.name.
function splitHandler(text) {
  const slash = text.lastIndexOf('/');
  const folder = text.slice(0, slash + 1);
  const last = text.slice(slash + 1);
  const match = /^([^.]*)\.(.*)$/.exec(last);
  if (text.includes('..')) {
    throw fault('Runtime.MalformedHandlerName',
                `'${text}' is not a valid handler name. Use absolute paths when specifying root ` +
                'directories in handler names.');
  }
  if (!match) throw fault('Runtime.MalformedHandlerName', 'Bad handler');
  return { file: folder + match[1], name: match[2] };
}

function packageIsModule(folder) {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      return JSON.parse(fs.readFileSync(path.join(at, 'package.json'), 'utf8')).type === 'module';
    } catch (_) {
      // No package.json here, or none that can be read: look further up.
    }
    if (at === settings.task_root || at === path.dirname(at)) return false;
  }
}

async function loadModule(file) {
  const base = path.resolve(settings.task_root, file);
  const importModule = (name) => import(url.pathToFileURL(name).href);
  if (fs.existsSync(base + '.js')) {
    return packageIsModule(path.dirname(base)) ? importModule(base + '.js') : require(base + '.js');
  }
  if (fs.existsSync(base + '.mjs')) return importModule(base + '.mjs');
  if (fs.existsSync(base + '.cjs')) return require(base + '.cjs');
  if (fs.existsSync(base)) return require(base);
  // A module of the project's or a layer's node_modules.
  return require(require.resolve(file, { paths: [settings.task_root].concat(Module.globalPaths) }));
}

async function loadHandler(text) {
  const { file, name } = splitHandler(text);
  let loaded;
  try {
    loaded = await loadModule(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw fault('Runtime.UserCodeSyntaxError', String(error), error);
    const code = error && error.code;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
      throw fault('Runtime.ImportModuleError', String(error), error);
    }
    throw error;
  }
  let handler = loaded;
  for (const part of name.split('.')) handler = handler && handler[part];
  if (handler === undefined && loaded && loaded.default) {
    handler = loaded.default;
    for (const part of name.split('.')) handler = handler && handler[part];
  }
  if (handler === undefined || handler === null) {
    throw fault('Runtime.HandlerNotFound', `${text} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw fault('Runtime.HandlerNotFound', `${text} is not a function`);
  }
  return handler;
}

// --- Response streaming -------------------------------------------------------------------------------

const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');
const legacyStreaming = Symbol.for('aws.lambda.runtime.handler.streaming.response');
// Between an HTTP prelude and the body.
const preludeEnd = Buffer.alloc(8);

function installStreamingApi() {
  global.awslambda = {
    streamifyResponse(handler, options) {
      handler[streaming] = options || true;
      handler[legacyStreaming] = true;
      return handler;
    },
    HttpResponseStream: {
      from(stream, prelude) {
        stream.setContentType('application/vnd.awslambda.http-integration-response');
        stream.prelude = Buffer.concat([Buffer.from(JSON.stringify(prelude)), preludeEnd]);
        return stream;
      },
    },
  };
}

// Sends what is written to it to the Runtime API at once. `outcome` is told when all has been taken.
function makeResponseStream(api, id) {
  const { Writable } = require('stream');
  let contentType = 'application/octet-stream';
  let sending = null;
  const begin = () => {
    if (sending) return;
    sending = api.stream(`invocation/${id}/response`, {
      'Content-Type': contentType,
      'Lambda-Runtime-Function-Response-Mode': 'streaming',
      'Trailer': 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
    });
  };
  const stream = new Writable({
    write(chunk, encoding, done) {
      // Metadata leave with the first piece, so not at all when nothing is written, here as deployed
      // (middyjs/middy#1189).
      const first = sending === null;
      begin();
      if (first && stream.prelude) sending.write(stream.prelude);
      sending.write(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, encoding), done);
    },
    final(done) {
      begin();
      done();
    },
  });
  stream.setContentType = (type) => { contentType = type; };
  stream.begun = () => sending !== null;
  stream.finishAnswer = (error) => {
    const trailers = {};
    if (error !== undefined) {
      const response = toErrorResponse(error);
      trailers['Lambda-Runtime-Function-Error-Type'] =
          String(response.errorType).replace(/[^\x20-\x7e]/g, '?');
      trailers['Lambda-Runtime-Function-Error-Body'] =
          Buffer.from(JSON.stringify(response)).toString('base64');
    }
    return sending.end(trailers);
  };
  return stream;
}

// --- One invocation ----------------------------------------------------------------------------------

function makeContext(headers, finish) {
  const env = process.env;
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const context = {
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parseHeader(headers['lambda-runtime-client-context']),
    identity: parseHeader(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done: (error, result) => finish.callback(error, result, true),
    succeed: (result) => finish.callback(null, result, true),
    fail: (error) => finish.callback(error === undefined || error === null ? 'handled' : error,
                                     undefined, true),
  };
  // Enumerable last and settable, as deployed.
  let waits = true;
  Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', {
    enumerable: true, get: () => waits, set: (value) => { waits = Boolean(value); },
  });
  return context;
}

function parseHeader(text) {
  return text ? JSON.parse(text) : undefined;
}

function isPromise(value) {
  return value !== null && typeof value === 'object' && typeof value.then === 'function';
}

let onEmptyEventLoop = null;
let failCurrent = null;

// Resolves with {error} or {result}.
function callHandler(api, handler, event, headers) {
  return new Promise((resolve) => {
    let answered = false;
    const answer = (outcome) => {
      if (answered) return;
      answered = true;
      onEmptyEventLoop = null;
      failCurrent = null;
      resolve(outcome);
    };
    failCurrent = (error) => answer({ error });
    let context;
    const finish = {
      callback(error, result, immediate) {
        const outcome = error === undefined || error === null ? { result } : { error };
        // An error, context.done and a handler that asked for it do not wait for timers and sockets.
        if (outcome.error !== undefined || !context.callbackWaitsForEmptyEventLoop || immediate) {
          // Not later: an async handler that has called context.done resolves next, with nothing.
          answer(outcome);
        } else {
          onEmptyEventLoop = () => answer(outcome);
        }
      },
    };
    context = makeContext(headers, finish);
    onEmptyEventLoop = () => answer({ result: null });
    try {
      if (handler[streaming] || handler[legacyStreaming]) {
        const stream = makeResponseStream(api, headers['lambda-runtime-aws-request-id']);
        const returned = handler(event, stream, context);
        if (!isPromise(returned)) {
          answer({ error: fault('InvalidStreamingOperation', 'Streaming does not support non-async handlers.') });
          return;
        }
        stream.on('error', (error) => answer({ error, stream }));
        failCurrent = (error) => answer({ error, stream });
        returned.then(() => {
          if (stream.writableFinished) answer({ stream });
          else stream.on('finish', () => answer({ stream }));
        }, (error) => answer({ error: error === undefined || error === null
            ? fault('Error', 'undefined') : error, stream }));
        return;
      }
      const returned = handler(event, context, (error, result) => finish.callback(error, result, false));
      if (isPromise(returned)) {
        returned.then((result) => answer({ result }),
                      (error) => answer({ error: error === undefined || error === null
                          ? fault('Error', 'undefined') : error }));
      }
    } catch (error) {
      answer({ error });
    }
  });
}

function serialize(result) {
  try {
    return JSON.stringify(result === undefined ? null : result);
  } catch (_) {
    throw new Error('Unable to stringify response body');
  }
}

async function postError(api, target, error) {
  const response = toErrorResponse(error);
  await api.request('POST', target, JSON.stringify(response), {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Function-Error-Type': String(response.errorType).replace(/[^\x20-\x7e]/g, '?'),
  });
}

async function runOne(api, handler) {
  const told = marks ? { 'Offstage-Init-Marks': marks.join(',') } : {};
  marks = null;
  const { headers, body } = await api.request('GET', 'invocation/next', '', told);
  const id = headers['lambda-runtime-aws-request-id'];
  currentRequestId = id;
  const trace = headers['lambda-runtime-trace-id'];
  if (trace) process.env._X_AMZN_TRACE_ID = trace;
  else delete process.env._X_AMZN_TRACE_ID;
  let outcome = await callHandler(api, handler, JSON.parse(body), headers);
  let text;
  if (outcome.stream && outcome.stream.begun()) {
    if (outcome.error !== undefined) console.error('Invoke Error', '\t' + stringify(toLogged(outcome.error)));
    await outcome.stream.finishAnswer(outcome.error);
    return;
  }
  if (outcome.error === undefined) {
    try {
      text = serialize(outcome.result);
    } catch (error) {
      outcome = { error };
    }
  }
  if (outcome.error !== undefined) {
    console.error('Invoke Error', '\t' + stringify(toLogged(outcome.error)));
    await postError(api, `invocation/${id}/error`, outcome.error);
  } else {
    // A handler may answer undefined, which JSON has no word for.
    const reply = await api.request('POST', `invocation/${id}/response`,
                                    text === undefined ? 'null' : text,
                                    { 'Content-Type': 'application/json' });
    if (reply.status === 413) await postError(api, `invocation/${id}/error`, JSON.parse(reply.body));
  }
}

function installLastResorts(api) {
  process.on('uncaughtException', (error) => {
    console.error('Uncaught Exception', '\t' + stringify(toLogged(error)));
    dieOf(api, error);
  });
  process.on('unhandledRejection', (reason) => {
    const error = fault('Runtime.UnhandledPromiseRejection', String(reason));
    error.reason = reason;
    console.error('Unhandled Promise Rejection', '\t' + stringify(toLogged(error)));
    dieOf(api, error);
  });
  process.on('beforeExit', () => {
    if (onEmptyEventLoop) onEmptyEventLoop();
  });
}

// The invocation fails with this error and the environment ends.
async function dieOf(api, error) {
  const target = currentRequestId === undefined ? 'init/error' : `invocation/${currentRequestId}/error`;
  // A connection of its own: the other may be waiting in `next`.
  const own = new RuntimeApi(api.address);
  try {
    await postError(own, target, error);
  } catch (_) {
    // Nobody is there to be told.
  }
  process.exit(129);
}

async function main() {
  const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);
  patchConsole();
  require('./network.js')(settings.network);
  if (!settings.layers_at_opt && settings.layers.length > 0) require('./layers.js')(settings.layers);
  installHooks();
  installStreamingApi();
  installLastResorts(api);
  let handler;
  marks.push(steadyMicros());
  try {
    handler = await loadHandler(settings.handler);
    marks.push(steadyMicros());
  } catch (error) {
    console.error('Uncaught Exception', '\t' + stringify(toLogged(error)));
    await postError(api, 'init/error', error);
    process.exit(1);
  }
  for (;;) {
    try {
      await runOne(api, handler);
    } catch (_) {
      process.exit(0);  // The emulator is gone.
    }
  }
}

main();
