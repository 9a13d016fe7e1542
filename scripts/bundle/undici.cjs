// What we use of undici, instead of all it has: fetch, caches and mocks are six sevenths of it, run at every start.
exports.Pool = require('undici/lib/dispatcher/pool.js')
