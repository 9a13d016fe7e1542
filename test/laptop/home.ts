import { spawnSync } from 'node:child_process'
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
  const run: Home['run'] = (command, args = [], env = {}) => {
    const { status, stdout, stderr } = spawnSync(command, [...args], {
      cwd: path,
      encoding: 'utf8',
      env: {
        ...process.env,
        HOME: path,
        SHELL: '/bin/bash',
        NO_COLOR: '1',
        // Not as empty words: zsh would look for its files in the root folder.
        ZDOTDIR: undefined,
        XDG_CONFIG_HOME: undefined,
        KIRO_SANDBOX_CONFIG: config,
        ...env,
      },
    })
    return { code: status, stdout, stderr }
  }
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
    npm: (name, ...args) => run(process.execPath, [join(root, 'scripts', 'launch.mjs'), name, ...args]),
    close: () => rmSync(base, { recursive: true, force: true }),
  }
}
