import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Instance } from '../guests/instance.ts'
import { answerMetadata, type MetadataDesk } from '../imds/answer.ts'
import { renderProblem } from '../imds/render.ts'

type Log = (line: string) => void

const ask = async (desk: MetadataDesk, instance: Instance, message: IncomingMessage, log: Log) => {
  const target = message.url ?? '/'
  try {
    return await answerMetadata(desk, instance, {
      method: message.method ?? 'GET',
      path: target.split('?', 1)[0] as string,
      header: (name) => message.headers[name]?.toString(),
      from: message.socket.remoteAddress ?? '',
    })
  } catch (error) {
    log(`metadata of ${instance.instanceId}, ${target}: ${(error as Error).message}`)
    return renderProblem(500)
  }
}

const serve = async (
  desk: MetadataDesk,
  instance: () => Instance,
  message: IncomingMessage,
  response: ServerResponse,
  log: Log,
) => {
  message.resume()
  const reply = await ask(desk, instance(), message, log)
  if (reply === undefined) return void message.socket.destroy()
  response.writeHead(reply.status, [
    ...reply.headers.flat(),
    ...['content-length', String(reply.body.length)],
  ])
  response.end(message.method === 'HEAD' ? undefined : reply.body)
}

/** For the connections of one guest. It does not listen: they are handed to it, and say by that whose they are. */
export const createMetadataServer = (desk: MetadataDesk, instance: () => Instance, log: Log): Server =>
  createServer((message, response) => {
    serve(desk, instance, message, response, log).catch((error: unknown) => {
      log(`metadata: ${(error as Error).stack}`)
      response.destroy()
    })
  })
