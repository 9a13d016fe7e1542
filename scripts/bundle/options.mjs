import { slimSchemas } from './slim-schemas.mjs'
import { useStandIns } from './stand-ins.mjs'

// How sources become a bundle; tests make theirs of the gateway alone in the same way.
export const bundleOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // The SDK's ES modules: importing them on demand gives named exports, and most of each client falls away.
  mainFields: ['module', 'main'],
  plugins: [slimSchemas, useStandIns],
  outExtension: { '.js': '.mjs' },
  // V8 keeps the text of what it runs. Names stay, for the stack of a bug; lines are short, for its place.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  logLevel: 'error',
  // Optional parts of the CycloneDX library (XML, validators) that are not installed; it asks for them and goes on.
  external: ['ajv', 'ajv-formats', 'ajv-formats-draft2019', 'libxmljs2', 'xmlbuilder2'],
  // CommonJS packages inside the bundle call require and __dirname, which modules do not have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; import { dirname as __dirnameOf } from 'node:path'; import { fileURLToPath as __pathOf } from 'node:url'; const require = __createRequire(import.meta.url); const __filename = __pathOf(import.meta.url); const __dirname = __dirnameOf(__filename);",
  },
}
