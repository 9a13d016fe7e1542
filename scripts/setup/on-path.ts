import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Machine } from './tool.ts'

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Every executable of that name in the order of PATH. Relative entries are skipped: they depend on the folder. */
export const listOnPath = (name: string, env: NodeJS.ProcessEnv): readonly string[] => [
  ...new Set(
    (env.PATH ?? '')
      .split(delimiter)
      .filter((folder) => isAbsolute(folder))
      .map((folder) => join(folder, name))
      .filter(isExecutable),
  ),
]

export const findOnPath = (name: string, env: NodeJS.ProcessEnv): string | undefined =>
  listOnPath(name, env)[0]

export const findMachine = (env: NodeJS.ProcessEnv): Machine => ({
  platform: process.platform,
  arch: process.arch,
  home: env.HOME ?? homedir(),
  root: process.getuid?.() === 0,
  aptGet: findOnPath('apt-get', env),
  sudo: findOnPath('sudo', env),
})
