import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseSettings } from '../config/parse-settings.ts'
import type { Paths } from '../config/paths.ts'
import { defaultSettings, type Settings } from '../config/settings.ts'
import { usageError } from '../config/user-error.ts'

export interface SettingsFile {
  readonly file: string
  readonly text: string
}

/**
 * The file of --config, else KIRO_SANDBOX_CONFIG, else sandbox.config.json of the checkout, else none. A file that was
 * named must exist; only the one of the checkout is optional.
 */
export const readSettings = (paths: Paths, named: string | undefined): SettingsFile | undefined => {
  const chosen = named ?? process.env.KIRO_SANDBOX_CONFIG
  const file = chosen === undefined ? join(paths.root, 'sandbox.config.json') : resolve(chosen)
  if (existsSync(file)) return { file, text: readText(file) }
  if (chosen === undefined) return undefined
  throw usageError(`settings file ${file} does not exist`, 'leave --config out to use the defaults')
}

export const loadSettings = (paths: Paths, named: string | undefined): Settings => {
  const found = readSettings(paths, named)
  return found === undefined ? defaultSettings() : parseSettings(found.text, found.file)
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw usageError(
      `settings file ${file} cannot be read: ${(cause as Error).message}`,
      'check that it is a file you may read',
    )
  }
}
