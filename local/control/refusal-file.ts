import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Left when the books could not be read, so that a reset keeps them as a backup instead of deleting them:
 * whoever resets broken books may want to look at them, or send them to us.
 */
const file = (folder: string): string => join(folder, 'refused.json')

export const markRefused = (folder: string, error: string, detail: string): void => {
  try {
    writeFileSync(file(folder), `${JSON.stringify({ error, detail })}\n`, { mode: 0o600 })
  } catch {
    // Without the mark a reset deletes; the refusal itself is reported anyway.
  }
}

export const clearRefused = (folder: string): void => rmSync(file(folder), { force: true })

export const isRefused = (folder: string): boolean => {
  try {
    readFileSync(file(folder))
    return true
  } catch {
    return false
  }
}
