import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { machine } from '../../../protocol/ssm/ambient.ts'
import { type Cipher, createCipher } from '../../../protocol/ssm/cipher.ts'
import { parseChannelClosed } from '../../../protocol/ssm/control-message.ts'
import {
  actionStatus,
  parseChallenge,
  parseHandshakeComplete,
  parseHandshakeRequest,
  parseKmsParameters,
  renderChallenge,
  renderHandshakeResponse,
} from '../../../protocol/ssm/handshake.ts'
import { createLink, tickInterval } from '../../../protocol/ssm/link.ts'
import { type AgentMessage, messageType } from '../../../protocol/ssm/message.ts'
import { renderOpenDataChannel } from '../../../protocol/ssm/open-data-channel.ts'
import { parseExitCode, payloadType, renderSize } from '../../../protocol/ssm/payload.ts'

export interface Ticket {
  readonly SessionId?: string | undefined
  readonly TokenValue?: string | undefined
  readonly StreamUrl?: string | undefined
}

/** What KMS makes for a client. */
export interface DataKey {
  readonly Plaintext: string
  readonly CiphertextBlob: string
}
export interface Keys {
  /** With the challenge of the agent, or undefined for a client that does not know it. */
  readonly make: (keyId: string, challenge: string | undefined) => Promise<DataKey>
  readonly knowsChallenge: boolean
  /** Spoils what is answered to the challenge that is encrypted. */
  readonly lies?: boolean
}

/** As little of a client as the protocol allows: what arrives is kept, and asked for later. */
export const connectClient = async (ticket: Ticket, keys?: Keys) => {
  const clientId = randomUUID()
  const kept = { output: Buffer.alloc(0), stderr: Buffer.alloc(0) }
  let exitCode: number | undefined
  let closed: string | undefined
  let properties: unknown
  let socket: WebSocket | undefined
  let drops = 0
  let cipher: Cipher | undefined
  let greeting = ''
  let completed = false

  const take = ({ payloadType: type, payload }: AgentMessage) => {
    const plain = () => (cipher === undefined ? payload : cipher.decrypt(payload))
    if (type === payloadType.output) kept.output = Buffer.concat([kept.output, plain()])
    if (type === payloadType.stdErr) kept.stderr = Buffer.concat([kept.stderr, plain()])
    if (type === payloadType.exitCode) exitCode = parseExitCode(plain())
    if (type === payloadType.handshakeComplete) {
      completed = true
      greeting = parseHandshakeComplete(payload).CustomerMessage
    }
    if (type === payloadType.challengeRequest && cipher !== undefined) {
      const solved = cipher.decrypt(Buffer.from(parseChallenge(payload), 'base64'))
      if (keys?.lies) solved[0] = (solved[0] as number) ^ 1
      link.send(payloadType.challengeResponse, renderChallenge(cipher.encrypt(solved).toString('base64')))
    }
    if (type === payloadType.handshakeRequest) void respond(payload)
  }
  const encrypt = async (parameters: unknown) => {
    const { KMSKeyId, Challenge } = parseKmsParameters(parameters)
    const key = await keys?.make(KMSKeyId, keys.knowsChallenge ? Challenge : undefined)
    if (key === undefined) return undefined
    cipher = createCipher(Buffer.from(key.Plaintext, 'base64'), 'client')
    return { KMSCipherTextKey: key.CiphertextBlob, ChallengeAcknowledgement: keys?.knowsChallenge }
  }
  const respond = async (payload: Buffer) => {
    const { RequestedClientActions } = parseHandshakeRequest(payload)
    properties = RequestedClientActions[0]?.ActionParameters
    const done = await Promise.all(
      RequestedClientActions.map(async ({ ActionType, ActionParameters }) => {
        const ActionResult = ActionType === 'KMSEncryption' ? await encrypt(ActionParameters) : null
        const ActionStatus = ActionResult === undefined ? actionStatus.unsupported : actionStatus.success
        return { ActionType, ActionStatus, ActionResult, Error: '' }
      }),
    )
    const response = { ClientVersion: '1.2.764.0', ProcessedClientActions: done, Errors: [] }
    link.send(payloadType.handshakeResponse, renderHandshakeResponse(response))
  }
  const link = createLink({
    ...{ side: 'client', ambient: machine, onData: take, onRoom: () => {} },
    transmit: (bytes) => socket?.send(bytes),
    onControl: ({ messageType: type, payload }) => {
      if (type === messageType.channelClosed) closed = parseChannelClosed(payload).output
    },
  })
  const timer = setInterval(() => link.tick(), tickInterval)
  const connect = async ({ StreamUrl = '', TokenValue = '' }: Ticket): Promise<void> => {
    const next = new WebSocket(StreamUrl)
    await new Promise((resolve, reject) => next.once('open', resolve).once('error', reject))
    next.send(renderOpenDataChannel({ requestId: randomUUID(), token: TokenValue, clientId }))
    next.on('message', (data: Buffer) => link.receive(data))
    next.on('error', () => {})
    next.on('close', () => {
      drops += 1
      if (socket === next) link.disconnect()
    })
    socket = next
    link.connect()
  }
  await connect(ticket)

  const until = async <T>(
    what: string,
    found: () => T | undefined | Promise<T | undefined>,
    seconds = 120,
  ): Promise<T> => {
    const end = performance.now() + seconds * 1000
    for (;;) {
      const value = await found()
      if (value !== undefined && value !== false) return value
      if (performance.now() > end)
        throw new Error(`no ${what} within ${seconds} s: ${JSON.stringify(kept.output.toString())} ${closed}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  return {
    link,
    connect,
    until,
    type(data: string | Buffer) {
      const plain = Buffer.from(data)
      link.send(payloadType.output, cipher === undefined ? plain : cipher.encrypt(plain))
    },
    resize: (cols: number, rows: number) => void link.send(payloadType.size, renderSize({ cols, rows })),
    /** Resolves with everything so far when it matches. */
    see: (pattern: RegExp, seconds?: number) =>
      until(String(pattern), () => pattern.exec(kept.output.toString()) ?? undefined, seconds),
    /** Text of channel_closed. */
    end: (seconds?: number) => until('end', () => closed, seconds),
    kept,
    greeting: () => greeting,
    /** The handshake is over. */
    completed: () => completed,
    encrypts: () => cipher !== undefined,
    exitCode: () => exitCode,
    properties: () => properties,
    drops: () => drops,
    drop: () => socket?.terminate(),
    leave() {
      clearInterval(timer)
      socket?.terminate()
    },
  }
}

export type Client = Awaited<ReturnType<typeof connectClient>>
