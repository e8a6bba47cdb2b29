// Keeps a handler's connections on this machine: AWS's own host names lead to the emulator, others are
// refused unless they are allowed. require('./network.js')(settings.network) does it.
'use strict';

const Module = require('module');
const net = require('net');

let network;
const awsHost = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/i;
const loopbackHost = /^(localhost|.*\.localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3}|0\.0\.0\.0|::)$/i;
const apiHost = /\.(execute-api|lambda-url)\./i;
// Addresses that allowed names were resolved to.
const allowedAddresses = new Set();

function isAllowed(host) {
  const name = String(host).toLowerCase().replace(/\.$/, '');
  if (allowedAddresses.has(name)) return true;
  return network.allowed.some((entry) => {
    const allowed = entry.toLowerCase();
    return allowed === '*' || allowed === name ||
        (allowed.startsWith('*.') && name.endsWith(allowed.slice(1)));
  });
}

// Where a connection to AWS's own hosts ends, or null for other hosts.
function localPort(host, port) {
  if (!(awsHost.test(host) || /\.on\.aws$/i.test(host))) return null;
  const wanted = Number(port);
  if (wanted === 443 && network.tls_port) return network.tls_port;
  if (wanted === 80) return apiHost.test(host) ? network.api_port : network.aws_port;
  return null;
}

function refusal(host, port) {
  const aws = awsHost.test(host);
  const error = new Error(aws
      ? `offstage: nothing here stands for ${host}:${port}`
      : `offstage: a connection to ${host}${port === undefined ? '' : ':' + port} was refused, since ` +
        `handlers do not leave this machine; start with --allow-egress ${host} to allow it`);
  error.code = 'ECONNREFUSED';
  error.errno = -111;
  error.syscall = 'connect';
  error.address = host;
  error.port = port;
  return error;
}

function refused(host) {
  return network.guarded && !loopbackHost.test(host) && !isAllowed(host);
}

// Below http, https, tls, http2 and fetch alike, whatever imported them.
function guardSockets() {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function guarded(...args) {
    // net.connect hands over its arguments normalised, in one array.
    const list = Array.isArray(args[0]) ? args[0] : args;
    const first = list[0];
    const options = first !== null && typeof first === 'object' ? first
        : { port: first, host: typeof list[1] === 'string' ? list[1] : undefined };
    const host = String(options.host || 'localhost');
    // Paths are sockets of this machine; a port may be text.
    if (options.path || options.port === undefined || !isFinite(options.port)) {
      return connect.apply(this, args);
    }
    const local = localPort(host, options.port);
    if (local) {
      list[0] = Object.assign({}, options, { host: '127.0.0.1', port: local, lookup: undefined });
      if (typeof list[1] === 'string') list.splice(1, 1);
      return connect.apply(this, args);
    }
    if (!refused(host)) return connect.apply(this, args);
    process.nextTick(() => this.destroy(refusal(host, options.port)));
    return this;
  };
}

// Names are resolved by getaddrinfo (dns.lookup) or by asking a name server (dns.resolve).
function guardNames() {
  const dns = require('dns');
  const refuse = (host) => Object.assign(refusal(host), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host });
  const original = dns.lookup;
  const lookup = function lookup(host, ...rest) {
    const callback = rest[rest.length - 1];
    if (typeof host !== 'string' || !host || net.isIP(host) || typeof callback !== 'function') {
      return original.call(this, host, ...rest);
    }
    if (awsHost.test(host)) return original.call(this, '127.0.0.1', ...rest);
    if (refused(host)) return process.nextTick(callback, refuse(host));
    rest[rest.length - 1] = function resolved(error, addresses, ...more) {
      if (!error && isAllowed(host)) {
        for (const found of Array.isArray(addresses) ? addresses : [addresses]) {
          allowedAddresses.add(String(found && found.address || found).toLowerCase());
        }
      }
      return callback.call(this, error, addresses, ...more);
    };
    return original.call(this, host, ...rest);
  };
  Object.defineProperties(lookup, Object.getOwnPropertyDescriptors(original));
  dns.lookup = lookup;
  for (const name of Object.keys(dns)) {
    const resolve = dns[name];
    if (!/^(resolve|reverse|lookupService)/.test(name) || typeof resolve !== 'function') continue;
    dns[name] = function guarded(host, ...rest) {
      const callback = rest[rest.length - 1];
      if (!refused(String(host)) || typeof callback !== 'function') return resolve.call(this, host, ...rest);
      return process.nextTick(callback, refuse(host));
    };
  }
}

// Datagrams reach nobody but this machine.
function guardDatagrams() {
  const { Socket } = require('dgram');
  for (const name of ['send', 'connect']) {
    const original = Socket.prototype[name];
    if (!original) continue;
    Socket.prototype[name] = function guarded(...args) {
      const host = args.slice(1).find((part) => typeof part === 'string');
      if (host === undefined || !refused(host)) return original.apply(this, args);
      const callback = args[args.length - 1];
      const error = refusal(host);
      if (typeof callback === 'function') process.nextTick(callback, error);
      else process.nextTick(() => this.emit('error', error));
      return undefined;
    };
  }
}

module.exports = function guardNetwork(settings) {
  network = settings;
  if (!network.guarded && !network.tls_port) return;
  guardSockets();
  guardNames();
  if (network.guarded) guardDatagrams();
  // What modules import by name is what was put in their place here.
  if (Module.syncBuiltinESMExports) Module.syncBuiltinESMExports();
};
