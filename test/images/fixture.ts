import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultSettings, type Settings } from '../../config/settings.ts'
import { type ImageLock, parseLock } from '../../images/lock.ts'
import type { Sources } from '../../images/plan-build.ts'
import { readSources } from '../../scripts/image/sources.ts'

export const root = join(import.meta.dirname, '..', '..')
export const lockFile = 'images/image.lock.stand-in.json'
export const lockText = readFileSync(join(root, lockFile), 'utf8')
/** The one that is committed. */
export const lock: ImageLock = parseLock(lockText, lockFile)
export const settings: Settings = defaultSettings()
export const sources: Promise<Sources> = readSources({ root })
