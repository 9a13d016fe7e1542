import { renameSync, writeFileSync } from 'node:fs'

/** All or nothing: a reader, or a start after kill -9, sees the old content or the new one. */
export const writeWhole = (file: string, content: string): void => {
  const fresh = `${file}.new`
  writeFileSync(fresh, content, { mode: 0o600 })
  renameSync(fresh, file)
}
