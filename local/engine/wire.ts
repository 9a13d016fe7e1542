import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'

/** The Docker-compatible API over a unix socket, as bytes. https://docs.docker.com/reference/api/engine/version/v1.41/ */
export interface Wire {
  ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<EngineReply>
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

const version = '/v1.41'

const parseComplaint = (body: Buffer): string => {
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

const planHead = (socketPath: string, method: string, path: string, body: Buffer | undefined) => ({
  socketPath,
  method,
  path: `${version}${path}`,
  // Engines refuse requests without a host; its value means nothing on a unix socket.
  headers: {
    host: 'engine',
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
  },
  agent: false as const,
})

const encode = (body: unknown): Buffer | undefined =>
  body === undefined ? undefined : Buffer.from(JSON.stringify(body))

export const openWire = (socketPath: string): Wire => ({
  ask: (method, path, body, signal) =>
    new Promise((resolve, reject) => {
      const bytes = encode(body)
      const asked = request({
        ...planHead(socketPath, method, path, bytes),
        ...(signal === undefined ? {} : { signal }),
      })
      asked.on('error', reject)
      asked.on('response', (message) => {
        collect(message).then((all) => resolve({ status: message.statusCode ?? 0, body: all }), reject)
      })
      asked.end(bytes)
    }),
  stream: (path, signal) =>
    new Promise((resolve, reject) => {
      const asked = request({ ...planHead(socketPath, 'GET', path, undefined), signal })
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
      const head = planHead(socketPath, 'POST', path, bytes)
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
