import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Bytes as text, one character each. A file that is not there reads as empty. */
export const readBytes = (file: string): string => (existsSync(file) ? readFileSync(file, 'latin1') : '')

/** Also of a link to a file that is not there yet: it is made where the link says. Links in a circle end as ELOOP. */
const behindLinks = (file: string, hops = 40): string => {
  if (existsSync(file) || hops === 0) return realpathSync(file)
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true
  return isLink ? behindLinks(resolve(dirname(file), readlinkSync(file)), hops - 1) : file
}

const modeOf = (file: string): number | undefined =>
  existsSync(file) ? statSync(file).mode & 0o777 : undefined

/**
 * Replaces a file in one step: whoever reads it sees the old or the new one. A link stays a link, permissions
 * stay as they are unless some are asked for; a new file is the owner's alone. True when something changed.
 */
export const writeBytes = (file: string, bytes: string, wantedMode?: number): boolean => {
  const real = behindLinks(file)
  const before = modeOf(real)
  const mode = wantedMode ?? before ?? 0o600
  if (before === mode && readBytes(file) === bytes) return false
  mkdirSync(dirname(real), { recursive: true, mode: 0o700 })
  const draft = `${real}.kiro-${process.pid}`
  try {
    writeFileSync(draft, bytes, { encoding: 'latin1', mode })
    chmodSync(draft, mode)
    renameSync(draft, real)
  } finally {
    rmSync(draft, { force: true })
  }
  return true
}

/** Keeps what a person had before we touched it for the first time, and never writes over that. */
export const backUpOnce = (file: string, backup: string): void => {
  if (!existsSync(file) || existsSync(backup)) return
  mkdirSync(dirname(backup), { recursive: true, mode: 0o700 })
  copyFileSync(file, backup)
  chmodSync(backup, 0o600)
}

/** Behind a link, the file goes and the link stays. */
export const removeFile = (file: string): void => rmSync(behindLinks(file), { force: true })
