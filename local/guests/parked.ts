import { readFileSync, rmSync, writeFileSync } from 'node:fs'

/** Instances that were stopped only because the local target went away; a lost or torn file costs nothing but a state. */
export const readParked = (file: string): ReadonlySet<string> => {
  try {
    return new Set(JSON.parse(readFileSync(file, 'utf8')) as string[])
  } catch {
    return new Set()
  }
}

export const writeParked = (file: string, ids: readonly string[]): void =>
  writeFileSync(file, JSON.stringify(ids), { mode: 0o600 })

export const forgetParked = (file: string): void => rmSync(file, { force: true })
