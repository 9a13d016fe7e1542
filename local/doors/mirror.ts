import { createReadStream, type Stats } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'

const bucketOfPackages =
  /^al2023-repos-([a-z0-9-]+)-de612dc2\.s3\.(?:dualstack\.)?\1\.amazonaws\.com(?::443)?$/

/** Where dnf of Amazon Linux 2023 looks for packages: a public bucket in each region, read without a signature. */
export const isMirrorHost = (host: string | undefined): boolean => bucketOfPackages.test(host ?? '')

/** First and last byte; undefined: the whole file; 'none': nothing of it was asked for. */
export const parseRange = (
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'none' | undefined => {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  // Several ranges at once, and what cannot be read, get the whole file, as RFC 9110 14.2 allows.
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  return start > end ? 'none' : { start, end }
}

/** undefined: not a file of the mirror. Links may not lead out of it either. */
const findFile = async (
  folder: string,
  path: string,
): Promise<{ file: string; stats: Stats } | undefined> => {
  try {
    const file = await realpath(join(folder, decodeURIComponent(path)))
    const stats = await stat(file)
    return file.startsWith(`${await realpath(folder)}${sep}`) && stats.isFile() ? { file, stats } : undefined
  } catch {
    return undefined
  }
}

const refuse = (response: ServerResponse, status: number, code: string): void => {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`)
}

/** Files as the bucket has them. No listings. */
export const serveMirror = async (
  folder: string | undefined,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  message.resume()
  const path = (message.url ?? '/').split('?', 1)[0] as string
  if (message.method !== 'GET' && message.method !== 'HEAD') return refuse(response, 405, 'MethodNotAllowed')
  const found = folder === undefined ? undefined : await findFile(folder, path)
  if (found === undefined) return refuse(response, 404, 'NoSuchKey')
  const { file, stats } = found
  const range = parseRange(message.headers.range, stats.size)
  if (range === 'none') return refuse(response, 416, 'InvalidRange')
  const { start, end } = range ?? { start: 0, end: stats.size - 1 }
  response.writeHead(range === undefined ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    'content-type': 'binary/octet-stream',
    'last-modified': stats.mtime.toUTCString(),
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${stats.size}` }),
  })
  if (message.method === 'HEAD' || stats.size === 0) return void response.end()
  await pipeline(createReadStream(file, { start, end }), response)
}
