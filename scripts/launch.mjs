// Starts a command: `node scripts/launch.mjs <npm script> [options]`.
// Plain JavaScript that old versions of Node can read, because it is what tells them that they are too old.
// The commands are TypeScript; they run from a bundle that is made anew when a source file changes. A bundle
// starts in 0.1 s where compiling on the fly takes 0.2 s to 0.9 s, and ssh's ProxyCommand pays that each time.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const oldest = [20, 19]
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const state = resolve(process.env.KIRO_SANDBOX_STATE || join(root, '.state'))
const rooms = [
  ...['config', 'connect', 'home', 'iam', 'images', 'laptop', 'local', 'protocol', 'scripts', 'stacks'],
  'userdata',
]
const entries = { main: 'scripts/main.ts', gateway: 'local/gateway/main.ts' }

const stop = (message, hint) => {
  process.stderr.write(`error: ${message}\nhint:  ${hint}\n`)
  process.exit(1)
}

const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return
  stop(
    `Node ${process.versions.node} is too old: ${oldest.join('.')} or newer is needed`,
    'install a current LTS from https://nodejs.org',
  )
}

const sources = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return entry.name.endsWith('.ts') || entry.name.endsWith('.json') ? [path] : []
  })

const fingerprint = () => {
  const hash = createHash('sha256').update(`${root}\n${process.versions.node}\n`)
  const files = rooms
    .filter((room) => existsSync(join(root, room)))
    .flatMap((room) => sources(join(root, room)))
  const parts = readdirSync(join(root, 'scripts', 'bundle')).filter((name) => /^\w.*\.[cm]js$/.test(name))
  for (const file of [
    ...files.sort(),
    join(root, 'package-lock.json'),
    join(root, 'scripts', 'launch.mjs'),
    ...parts.sort().map((name) => join(root, 'scripts', 'bundle', name)),
  ]) {
    const { mtimeMs, size } = statSync(file)
    hash.update(`${file} ${mtimeMs} ${size}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

const discardOld = (bundles, keep) => {
  const dayAgo = Date.now() - 86_400_000
  for (const name of readdirSync(bundles)) {
    const path = join(bundles, name)
    // A daemon started from an older bundle may still load a chunk of it, so the old ones go a day later.
    if (name !== keep && statSync(path).mtimeMs < dayAgo) rmSync(path, { recursive: true, force: true })
  }
}

const bundle = async (folder) => {
  const { build } = await import('esbuild').catch(() => stop('the packages are not installed', 'npm ci'))
  const { bundleOptions } = await import('./bundle/options.mjs')
  const draft = `${folder}.${process.pid}`
  mkdirSync(draft, { recursive: true })
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: draft,
    ...bundleOptions,
    splitting: true,
    sourcemap: 'linked',
  })
  try {
    renameSync(draft, folder)
  } catch (error) {
    // Somebody else finished the same bundle first; theirs is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    rmSync(draft, { recursive: true, force: true })
  }
}

const prepare = async () => {
  const bundles = join(state, 'bundle')
  const name = fingerprint()
  const folder = join(bundles, name)
  if (existsSync(join(folder, 'main.mjs'))) return folder
  try {
    mkdirSync(bundles, { recursive: true })
    await bundle(folder)
    utimesSync(folder, new Date(), new Date())
    discardOld(bundles, name)
  } catch (error) {
    if (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'EPERM')
      stop(`cannot write to ${state}: ${error.code}`, 'KIRO_SANDBOX_STATE=/a/writable/folder npm run ...')
    if (error.code === 'ENOSPC')
      stop(`no space left for ${state}`, 'free some space, or point KIRO_SANDBOX_STATE to another disk')
    throw error
  }
  return folder
}

checkNode()
// Deprecations inside packages are for us to read, in the tests; a person can do nothing about them.
process.noDeprecation = true
process.env.KIRO_SANDBOX_ROOT = root
// The SDK warns on every run that versions after 2026 need Node 22; ours is pinned and runs on 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
process.env.KIRO_SANDBOX_STATE = state
const folder = await prepare()
process.env.KIRO_SANDBOX_BUNDLE = folder
const { main } = await import(pathToFileURL(join(folder, 'main.mjs')).href)
await main(process.argv[2], process.argv.slice(3))
