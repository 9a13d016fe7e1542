import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** The Docker-compatible API over a unix socket, as bytes. https://docs.docker.com/reference/api/engine/version/v1.41/ */
export interface Wire {
  ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<EngineReply>
  /** Sends bytes without holding all of them. */
  upload(path: string, body: Readable): Promise<EngineReply>
  /** An answer without an end, such as events. Rejects when the engine refuses. */
  stream(path: string, signal: AbortSignal): Promise<IncomingMessage>
  /** The connection itself, after the engine has agreed to hand it over; and what it had already said. */
  upgrade(path: string, body: unknown): Promise<{ readonly socket: Socket; readonly head: Buffer }>
}

export interface EngineReply {
  readonly status: number
  readonly body: Buffer
}

/** The engine answered, and said no. */
export class EngineError extends Error {
  readonly status: number
  constructor(what: string, status: number, detail: string) {
    super(`${what}: ${detail}`)
    this.status = status
  }
}

/** In the engine's own words. */
export const parseComplaint = (body: Buffer): string => {
  const text = body.toString()
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text
  } catch {
    return text.trim()
  }
}

export const expectReply = (what: string, reply: EngineReply, ...fine: readonly number[]): Buffer => {
  if (reply.status < 300 || fine.includes(reply.status)) return reply.body
  throw new EngineError(what, reply.status, parseComplaint(reply.body))
}

const collect = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

interface Address {
  readonly socketPath: string
  readonly version: string
}

const planHead = (to: Address, method: string, path: string, body: Buffer | undefined) => ({
  socketPath: to.socketPath,
  method,
  path: `${to.version}${path}`,
  // Engines refuse requests without a host; its value means nothing on a unix socket.
  headers: {
    host: 'engine',
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
  },
  agent: false as const,
})

const encode = (body: unknown): Buffer | undefined =>
  body === undefined ? undefined : Buffer.from(JSON.stringify(body))

const upload = (to: Address, path: string, body: Readable): Promise<EngineReply> =>
  new Promise((resolve, reject) => {
    const head = planHead(to, 'POST', path, undefined)
    const asked = request({ ...head, headers: { ...head.headers, 'content-type': 'application/x-tar' } })
    asked.on('response', (message) => {
      collect(message).then((all) => resolve({ status: message.statusCode ?? 0, body: all }), reject)
    })
    pipeline(body, asked).catch(reject)
  })

/** @param version `/v1.41`; '' asks in the engine's own */
export const openWire = (socketPath: string, version = '/v1.41'): Wire => open({ socketPath, version })

const open = (to: Address): Wire => ({
  ask: (method, path, body, signal) =>
    new Promise((resolve, reject) => {
      const bytes = encode(body)
      const asked = request({
        ...planHead(to, method, path, bytes),
        ...(signal === undefined ? {} : { signal }),
      })
      asked.on('error', reject)
      asked.on('response', (message) => {
        collect(message).then((all) => resolve({ status: message.statusCode ?? 0, body: all }), reject)
      })
      asked.end(bytes)
    }),
  upload: (path, body) => upload(to, path, body),
  stream: (path, signal) =>
    new Promise((resolve, reject) => {
      const asked = request({ ...planHead(to, 'GET', path, undefined), signal })
      asked.on('error', reject)
      asked.on('response', (message) => {
        if (message.statusCode === 200) return resolve(message)
        message.resume()
        reject(new EngineError(path, message.statusCode ?? 0, 'no stream'))
      })
      asked.end()
    }),
  upgrade: (path, body) =>
    new Promise((resolve, reject) => {
      const bytes = encode(body)
      const head = planHead(to, 'POST', path, bytes)
      const asked = request({ ...head, headers: { ...head.headers, connection: 'Upgrade', upgrade: 'tcp' } })
      asked.on('error', reject)
      asked.on('upgrade', (_message, socket, first) => resolve({ socket: socket as Socket, head: first }))
      asked.on('response', (message) => {
        collect(message).then(
          (all) => reject(new EngineError(path, message.statusCode ?? 0, parseComplaint(all))),
          reject,
        )
      })
      asked.end(bytes)
    }),
})
