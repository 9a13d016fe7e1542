import { gzipSync } from 'node:zlib'
import { createTar } from 'nanotar'
import type { PayloadFile } from '../userdata/payload.ts'

/** Of a name in the plain tar format. */
const longestName = 100

/** A tar.gz that is the same bytes for the same files: no time, no owner but root. */
export const packPayload = (files: readonly PayloadFile[]): Buffer => {
  for (const { path } of files)
    if (Buffer.byteLength(path) > longestName) throw new Error(`${path} is too long a name for the payload`)
  const tar = createTar(
    files.map(({ path, mode, content }) => ({
      name: path,
      data: content,
      attrs: { mode: mode.toString(8), mtime: 0, uid: 0, gid: 0, user: 'root', group: 'root' },
    })),
  )
  return gzipSync(tar, { level: 9 })
}
