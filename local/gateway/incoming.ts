import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A request as it came over the wire, whole. Header names are lower case, values as they were sent. */
export interface Incoming {
  readonly id: string
  readonly method: string
  /** Still percent-encoded: the signature covers these very characters. */
  readonly path: string
  readonly query: string
  /** When the name of the host picks it instead of the path; see aws-host.ts. */
  readonly bucket?: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** Address and port of the caller. */
  readonly source: string
  /** Set when it comes from a guest; it then has no address outside of its network. */
  readonly network?: { readonly vpcId: string; readonly privateIp: string }
}

/** The bodies of one call lie in memory several times over (here, in moto, in its books). */
export const largestBody = 64 * 1024 * 1024

export class BodyTooLarge extends Error {}
/** It hung up before it had said everything. */
export class CallerGone extends Error {}

export const headerOf = (incoming: Pick<Incoming, 'headers'>, name: string): string | undefined =>
  incoming.headers.find(([key]) => key === name)?.[1]

/** As if the bucket had been named by the path, which is all that moto shall see. Never signed. */
export const pathStyle = ({ path, bucket }: Pick<Incoming, 'path' | 'bucket'>): string =>
  bucket === undefined ? path : `/${bucket}${path}`

const pairs = (raw: readonly string[]): [string, string][] => {
  const list: [string, string][] = []
  for (let index = 0; index + 1 < raw.length; index += 2)
    list.push([(raw[index] as string).toLowerCase(), raw[index + 1] as string])
  return list
}

/** RFC 9112, 6.3: a request that says nothing about the length of a body has none. */
const isBodiless = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'

/** What is too much is still taken from the wire, and dropped: a caller that is cut off never sees the answer. */
export const readBody = (message: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    if (isBodiless(message)) {
      // Its end is there already, and to wait for the event that says so costs a tenth of what a call takes here.
      message.resume()
      return resolve(Buffer.alloc(0))
    }
    const chunks: Buffer[] = []
    let size = 0
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= largestBody) chunks.push(chunk)
      else chunks.length = 0
    })
    message.on('end', () => {
      if (size > largestBody) reject(new BodyTooLarge())
      else resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    })
    message.on('error', () => reject(new CallerGone()))
    message.on('close', () => {
      // Every request closes in the end, and making an error is not free.
      if (!message.complete) reject(new CallerGone())
    })
  })

export type Head = Omit<Incoming, 'body'>

export const parseHead = (message: IncomingMessage): Head => {
  const target = message.url ?? '/'
  const mark = target.indexOf('?')
  return {
    id: randomUUID(),
    method: message.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers: pairs(message.rawHeaders),
    source: `${message.socket.remoteAddress ?? ''}:${message.socket.remotePort ?? ''}`,
  }
}
