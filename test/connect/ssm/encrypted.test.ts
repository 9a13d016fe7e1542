import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { parseUserName } from '../../../config/user-name.ts'
import { createConnector } from '../../../connect/ssm/connector.ts'
import { dialSession } from '../../../connect/ssm/dial.ts'
import { runSessionCommand } from '../../../connect/ssm/run-command.ts'
import { machine } from '../../../protocol/ssm/ambient.ts'
import { createCipher } from '../../../protocol/ssm/cipher.ts'
import { renderChannelClosed } from '../../../protocol/ssm/control-message.ts'
import {
  parseChallenge,
  parseHandshakeResponse,
  renderChallenge,
  renderHandshakeComplete,
  renderHandshakeRequest,
} from '../../../protocol/ssm/handshake.ts'
import { createLink } from '../../../protocol/ssm/link.ts'
import { payloadType, renderExitCode } from '../../../protocol/ssm/payload.ts'
import { explainConnection, explainEnd } from '../../../scripts/connect/explain.ts'
import { collector } from './reach.ts'

const key = Buffer.from(Array.from({ length: 64 }, (_, index) => index))
const secret = Buffer.from('a challenge')
const servers: WebSocketServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** An agent that wants the session encrypted, as amazon-ssm-agent does it. The local target has no KMS. */
const encryptingAgent = (socket: WebSocket) => {
  const cipher = createCipher(key, 'agent')
  const seen: string[] = []
  const actions = [
    {
      ActionType: 'SessionType',
      ActionParameters: { SessionType: 'NonInteractiveCommands', Properties: null },
    },
    { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'alias/sessions', Challenge: 'MTIzNA==' } },
  ]
  const finish = () => {
    link.send(
      payloadType.handshakeComplete,
      renderHandshakeComplete({ HandshakeTimeToComplete: 1, CustomerMessage: '' }),
    )
    link.send(payloadType.output, cipher.encrypt(Buffer.from('out')))
    link.send(payloadType.stdErr, cipher.encrypt(Buffer.from('err')))
    link.send(payloadType.exitCode, cipher.encrypt(renderExitCode(7)))
    socket.send(renderChannelClosed({ sessionId: 's', output: '' }, machine))
  }
  const link = createLink({
    ...{ side: 'agent', ambient: machine, onControl: () => {}, onRoom: () => {} },
    transmit: (bytes) => socket.send(bytes),
    onData({ payloadType: type, payload }) {
      if (type === payloadType.handshakeResponse) {
        const { ProcessedClientActions: done, Errors } = parseHandshakeResponse(payload)
        seen.push(...done.map(({ ActionStatus }) => String(ActionStatus)))
        if (Errors.length > 0)
          socket.send(renderChannelClosed({ sessionId: 's', output: Errors.join() }, machine))
        else {
          const sealed = cipher.encrypt(secret).toString('base64')
          link.send(payloadType.challengeRequest, renderChallenge(sealed))
        }
      }
      if (type !== payloadType.challengeResponse) return
      seen.push(cipher.decrypt(Buffer.from(parseChallenge(payload), 'base64')).toString())
      finish()
    },
  })
  socket.on('message', (data: Buffer, binary) => binary && link.receive(data))
  link.connect()
  link.send(
    payloadType.handshakeRequest,
    renderHandshakeRequest({ AgentVersion: '3.3.1611.0', RequestedClientActions: actions }),
  )
  return seen
}

const serve = async (welcome: (socket: WebSocket) => void): Promise<string> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  servers.push(server)
  await once(server, 'listening')
  server.on('connection', (socket) => socket.once('message', () => welcome(socket)))
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const signal = new AbortController().signal
const run = async (streamUrl: string, generateKey: () => Promise<{ plain: Uint8Array; sealed: string }>) => {
  const [output, errorOutput] = [collector(), collector()]
  const connect = createConnector({
    ...{ ticket: { sessionId: 's', token: 't', streamUrl }, ambient: machine, generateKey, patience: 1 },
    control: { resume: async () => undefined, terminate: async () => {} },
    dial: (url) =>
      dialSession({ ...{ streamUrl: url, region: 'us-west-2', seconds: 5, signal }, credentials: undefined }),
  })
  const ended = await runSessionCommand(connect, {
    ...{ output: output.stream, errorOutput: errorOutput.stream, signal, onTrouble: () => {} },
  })
  return { ended, output: output.text(), errorOutput: errorOutput.text() }
}
const place = {
  ...{ user: parseUserName('alice'), instanceId: 'i-0123456789abcdef0', region: 'us-west-2' },
  document: 'kiro-session-shell',
}
const sentence = (error: unknown): string => (error as Error).message

test('an encrypted session is challenged, read and ended like any other', async () => {
  let seen: string[] = []
  const url = await serve((socket) => {
    seen = encryptingAgent(socket)
  })
  const { ended, output, errorOutput } = await run(url, async () => ({ plain: key, sealed: 'AAAA' }))
  expect(seen).toEqual(['1', '1', 'a challenge'])
  expect([output, errorOutput, ended.exitCode]).toEqual(['out', 'err', 7])
  expect(explainEnd(ended, place)).toBeUndefined()
})

test('a key that KMS does not give is said with its reason', async () => {
  const url = await serve(encryptingAgent)
  const { ended } = await run(url, async () => {
    throw Object.assign(new Error('not yours'), { name: 'AccessDeniedException' })
  })
  expect(sentence(explainEnd(ended, place))).toBe(
    'KMS does not let you use the key of these sessions: not yours',
  )
})

test('the wrong key ends the session instead of losing what cannot be read', async () => {
  const url = await serve(encryptingAgent)
  const { ended } = await run(url, async () => ({ plain: Buffer.alloc(64, 1), sealed: 'AAAA' }))
  expect(ended.end.kind).toBe('lost')
  expect(sentence(explainEnd(ended, place))).toContain('cannot be decrypted')
})

test('a session that was ended meanwhile is not waited for', async () => {
  const url = await serve((socket) => socket.terminate())
  const { ended } = await run(url, async () => ({ plain: key, sealed: '' }))
  expect(sentence(explainEnd(ended, place))).toBe('the session was ended while the connection was lost')
})

test('a refused upgrade is said, not tried again', async () => {
  const { createServer } = await import('node:http')
  let asked = 0
  const server = createServer().on('upgrade', (_request, socket) => {
    asked += 1
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 25\r\n\r\n{"message":"not for you"}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const error = await run(url, async () => ({ plain: key, sealed: '' })).catch((thrown: unknown) => thrown)
  server.close()
  expect(asked).toBe(1)
  expect(sentence(explainConnection(error, place))).toContain('does not allow you to open the data channel')
})
