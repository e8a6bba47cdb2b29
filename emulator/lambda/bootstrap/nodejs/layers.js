// Layers are found below /opt, where the machine does not allow them to be there: by require, import and
// the usual calls of fs. require('./layers.js')(settings.layers) does it.
'use strict';

const fs = require('fs');
const Module = require('module');

const exists = fs.existsSync;
let layers = [];

function underLayers(file) {
  if (typeof file !== 'string' || !file.startsWith('/opt/') || exists(file)) return file;
  for (let i = layers.length - 1; i >= 0; --i) {
    const there = layers[i] + file.slice(4);
    if (exists(there) || ['.js', '.json', '.cjs', '.mjs'].some((end) => exists(there + end))) {
      return there;
    }
  }
  return file;
}

module.exports = function standInForOpt(folders) {
  layers = folders;
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function resolveFilename(request, ...rest) {
    return resolve.call(this, underLayers(request), ...rest);
  };
  for (const name of ['readFileSync', 'readFile', 'createReadStream', 'readdirSync', 'readdir', 'statSync', 'stat']) {
    const original = fs[name];
    fs[name] = function atOpt(file, ...rest) {
      return original.call(this, underLayers(file), ...rest);
    };
  }
  fs.existsSync = (file) => exists(file) || underLayers(file) !== file;
};
