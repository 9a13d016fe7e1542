import type { Socket as Datagrams } from 'node:dgram'
import type { Server, Socket } from 'node:net'
import { answerDns, type Zone } from './dns.ts'

/** Whoever has nothing more to ask is let go. */
const idle = 10_000
const lengthBytes = 2

export const serveDatagrams = (socket: Datagrams, zone: () => Zone): void => {
  socket.on('message', (query, from) => {
    const answer = answerDns(zone(), query)
    if (answer !== undefined) socket.send(answer, from.port, from.address)
  })
  socket.on('error', () => {}) // An asker that is gone already.
}

/** https://www.rfc-editor.org/rfc/rfc7766#section-8: two bytes of length before each message. */
const converse = (socket: Socket, zone: () => Zone): void => {
  let waiting = Buffer.alloc(0)
  socket.setTimeout(idle, () => socket.destroy())
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    while (waiting.length >= lengthBytes) {
      const end = lengthBytes + waiting.readUInt16BE(0)
      if (waiting.length < end) return
      const answer = answerDns(zone(), waiting.subarray(lengthBytes, end))
      waiting = waiting.subarray(end)
      if (answer === undefined) return socket.destroy()
      const length = Buffer.alloc(lengthBytes)
      length.writeUInt16BE(answer.length)
      socket.write(Buffer.concat([length, answer]))
    }
  })
}

export const serveStreams = (server: Server, zone: () => Zone): void => {
  server.on('connection', (socket) => converse(socket, zone))
}
