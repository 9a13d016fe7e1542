import { appendFileSync, renameSync, statSync } from 'node:fs'

export type Log = (line: string) => void

const largestLog = 5 * 1024 * 1024

const sizeOf = (file: string): number => {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

/** What the daemon tells about itself. A full disk must not stop it, so a line that cannot be written is lost. */
export const openLog = (file: string): Log => {
  let size = sizeOf(file)
  return (line) => {
    const text = `${new Date().toISOString()} ${process.pid} ${line}\n`
    try {
      if (size > largestLog) {
        renameSync(file, `${file}.1`)
        size = 0
      }
      appendFileSync(file, text, { mode: 0o600 })
      size += Buffer.byteLength(text)
    } catch {
      // Nowhere left to say it.
    }
  }
}
