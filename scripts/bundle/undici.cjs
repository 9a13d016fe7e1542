// What we use of undici, instead of all it has: fetch, caches and mocks are half of it, run at every start. A Pool of
// this has dispatch, close and destroy, and not what undici's index.js adds, such as request.
exports.Pool = require('undici/lib/dispatcher/pool.js')
