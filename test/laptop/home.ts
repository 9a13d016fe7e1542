import { execFile, spawnSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..', '..')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** An engineer's home, with a space and a quote in its name. */
export interface Home {
  readonly path: string
  /** Path below the home. */
  readonly at: (...parts: string[]) => string
  readonly write: (name: string, text: string | Buffer, mode?: number) => string
  /** Permissions, bytes and links of everything in it. */
  readonly tree: () => Readonly<Record<string, string>>
  readonly run: (command: string, args?: readonly string[], env?: NodeJS.ProcessEnv) => Ended
  /** An npm script, as typed. */
  readonly npm: (name: string, ...args: string[]) => Ended
  /** The same for one that takes long, so that the test runner hears of us meanwhile. */
  readonly npmLong: (name: string, args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Ended>
  /** What programs in it are started with. */
  readonly environment: (more?: NodeJS.ProcessEnv) => NodeJS.ProcessEnv
  readonly close: () => void
}

export const laptopSettings = {
  region: 'eu-central-1',
  login: { startUrl: 'https://acme.awsapps.com/start', region: 'eu-west-1' },
  laptop: { devAccountId: '111122223333', prodAccountId: '999999999999' },
}

const listTree = (folder: string, name = ''): [string, string][] =>
  readdirSync(join(folder, name), { withFileTypes: true }).flatMap((entry) => {
    const path = join(name, entry.name)
    const mode = (lstatSync(join(folder, path)).mode & 0o777).toString(8)
    if (entry.isSymbolicLink()) return [[path, `-> ${readlinkSync(join(folder, path))}`]]
    if (entry.isDirectory()) return [[path, mode], ...listTree(folder, path)]
    return [[path, `${mode} ${readFileSync(join(folder, path)).toString('base64')}`]]
  })

export const openHome = (settings: object = laptopSettings): Home => {
  const base = mkdtempSync(join(tmpdir(), 'kiro-laptop-'))
  const path = join(base, "o'neil home")
  mkdirSync(path, { mode: 0o755 })
  const config = join(base, 'settings.json')
  writeFileSync(config, JSON.stringify(settings))
  const environment = (env: NodeJS.ProcessEnv = {}) => ({
    ...process.env,
    HOME: path,
    SHELL: '/bin/bash',
    NO_COLOR: '1',
    // Not as empty words: zsh would look for its files in the root folder.
    ZDOTDIR: undefined,
    XDG_CONFIG_HOME: undefined,
    KIRO_SANDBOX_CONFIG: config,
    ...env,
  })
  const run: Home['run'] = (command, args = [], env = {}) => {
    // In a session of its own: an interactive shell would take the terminal that the tests are started from.
    const options = { cwd: path, encoding: 'utf8', env: environment(env), detached: true } as const
    const { status, stdout, stderr } = spawnSync(command, [...args], options)
    return { code: status, stdout, stderr }
  }
  const launch = join(root, 'scripts', 'launch.mjs')
  return {
    path,
    at: (...parts) => join(path, ...parts),
    write: (name, text, mode = 0o644) => {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      chmodSync(file, mode)
      return file
    },
    tree: () => Object.fromEntries(listTree(path)),
    run,
    npm: (name, ...args) => run(process.execPath, [launch, name, ...args]),
    npmLong: (name, args, env = {}) =>
      new Promise((done) => {
        const options = { cwd: path, env: environment(env) }
        execFile(process.execPath, [launch, name, ...args], options, (error, stdout, stderr) =>
          done({ code: error === null ? 0 : (error.code as number | null), stdout, stderr }),
        )
      }),
    environment,
    close: () => rmSync(base, { recursive: true, force: true }),
  }
}
