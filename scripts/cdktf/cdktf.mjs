#!/usr/bin/env node
// `npx cdktf ...` in this checkout. The real cdktf-cli weighs as much as all other packages together and no
// command of ours needs it, so it is installed when somebody first asks for it, and kept in the state folder.
// Plain JavaScript without dependencies: it runs from node_modules/.bin before anything is compiled.
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  isForLocalTarget,
  listAbandoned,
  listInstalledTerraform,
  planEnvironment,
  planFolder,
} from './plan.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(here))
const state = resolve(process.env.KIRO_SANDBOX_STATE || join(root, '.state'))
const tools = join(state, 'tools')
const manifest = join(here, 'cli', 'package.json')
const lockFile = join(here, 'cli', 'package-lock.json')

const say = (line) => process.stderr.write(`${line}\n`)

/** Something to say to a person, rather than a stack. */
class Refusal extends Error {
  constructor(message, hint) {
    super(message)
    this.hint = hint
  }
}

/** Runs a program to its end. Ctrl-C reaches it by itself; we only stay to pass its answer on. */
const run = (command, args, options) =>
  new Promise((done, fail) => {
    const child = spawn(command, args, options)
    const ignore = () => {}
    const forward = () => child.kill('SIGTERM')
    process.on('SIGINT', ignore)
    process.on('SIGTERM', forward)
    child.on('error', fail)
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore)
      process.off('SIGTERM', forward)
      done(code ?? 128 + constants.signals[signal])
    })
  })

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const fill = async (draft) => {
  copyFileSync(manifest, join(draft, 'package.json'))
  copyFileSync(lockFile, join(draft, 'package-lock.json'))
  // npx hands its own place down, and npm would install there.
  const { npm_config_local_prefix: _prefix, ...env } = process.env
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  return run('npm', args, { cwd: draft, env, stdio: ['ignore', process.stderr, process.stderr] })
}

const explain = (error, folder) => {
  if (error instanceof Refusal) return error
  if (error.code === 'ENOENT' && error.path === 'npm')
    return new Refusal('npm is not on the PATH', 'it comes with Node: https://nodejs.org')
  if (error.code === 'ENOSPC') return new Refusal(`no space left for ${folder}`, 'free 500 MB and try again')
  return new Refusal(
    `cannot install cdktf-cli into ${folder}: ${error.message}`,
    'KIRO_SANDBOX_STATE=/a/writable/folder npx cdktf ...',
  )
}

/** Made beside its place and moved there whole: two at once install twice, and one of them is kept. */
const install = async (folder) => {
  say(`cdktf-cli is not installed yet: npm ci into ${folder} (once; about 460 MB, a minute)`)
  const draft = `${folder}.${process.pid}`
  try {
    mkdirSync(draft, { recursive: true })
    for (const name of listAbandoned(readdirSync(tools), isAlive))
      rmSync(join(tools, name), { recursive: true, force: true })
    const code = await fill(draft)
    if (code !== 0)
      throw new Refusal(`npm ci ended with exit code ${code}`, 'its message stands above; then try again')
    renameSync(draft, folder)
  } catch (error) {
    // Somebody else finished the same first; theirs is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw explain(error, folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** What `npm run local:env` would have a person set; it starts the local target where it does not run. */
const askLocalTarget = async () => {
  const launcher = join(root, 'scripts', 'launch.mjs')
  const child = spawn(process.execPath, [launcher, 'local:env', '--json'], {
    env: { ...process.env, KIRO_SANDBOX_STATE: state },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  const code = await new Promise((done) => child.on('close', done))
  if (code !== 0) throw new Refusal('the local target does not run', 'npm run local:up')
  return JSON.parse(text)
}

const withTarget = async (args) => {
  const file = process.env.KIRO_SANDBOX_CONFIG || join(root, 'sandbox.config.json')
  const settings = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  if (!isForLocalTarget(args, process.env, settings)) return process.env
  const { set, unset } = await askLocalTarget()
  const kept = Object.entries(process.env).filter(([name]) => !unset.includes(name))
  return { ...Object.fromEntries(kept), ...set }
}

const main = async () => {
  const folder = planFolder(tools, readFileSync(manifest, 'utf8'), readFileSync(lockFile, 'utf8'))
  if (!existsSync(folder)) await install(folder)
  const args = process.argv.slice(2)
  const env = await withTarget(args)
  const installed = listInstalledTerraform(tools, readdirSync(tools))
  return run(
    process.execPath,
    [join(folder, 'node_modules', 'cdktf-cli', 'bundle', 'bin', 'cdktf'), ...args],
    { cwd: root, env: planEnvironment(env, state, installed, existsSync), stdio: 'inherit' },
  )
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  say(`error: ${error.message}\nhint:  ${error.hint}`)
  process.exitCode = 1
}
