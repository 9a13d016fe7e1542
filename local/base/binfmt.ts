import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BinfmtEntry } from './architecture.ts'

const folder = '/proc/sys/fs/binfmt_misc'

/** What this kernel runs through an interpreter; nothing where it is not mounted, or not Linux. */
export const readBinfmt = (): readonly BinfmtEntry[] => {
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith('qemu-'))
      .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
  } catch {
    return []
  }
}
