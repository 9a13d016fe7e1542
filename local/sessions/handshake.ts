import { randomBytes } from 'node:crypto'
import type { Cipher } from '../../protocol/ssm/cipher.ts'
import {
  actionStatus,
  type HandshakeResponse,
  parseHandshakeResponse,
  renderHandshakeComplete,
  renderHandshakeRequest,
} from '../../protocol/ssm/handshake.ts'
import type { AgentMessage } from '../../protocol/ssm/message.ts'
import { payloadType } from '../../protocol/ssm/payload.ts'
import { beginChallenge, fetchCipher } from './encryption.ts'
import type { MachineCalls } from './machine-calls.ts'
import type { ProgramTools } from './program.ts'
import type { SessionPlan } from './session-document.ts'

/** Four parts, and new enough for the client to multiplex. */
export const agentVersion = '3.3.1611.0'

/** A shell or an interactive command begins without one, unless it is encrypted. */
export const needsHandshake = ({ sessionType, kmsKeyId }: SessionPlan): boolean =>
  sessionType === 'Port' || sessionType === 'NonInteractiveCommands' || kmsKeyId !== ''

/** Milliseconds, for the answer and for the challenge each. */
const patience = 15_000
const tooLate =
  'Handshake timed out. Please ensure that you have the latest version of the session manager plugin.'

export interface HandshakeOptions {
  readonly plan: SessionPlan
  readonly tools: Pick<ProgramTools, 'instanceId' | 'sessionId'>
  readonly calls: MachineCalls
  readonly send: (payloadType: number, payload: Buffer) => void
  /** From now on what is said is encrypted. */
  readonly onCipher: (cipher: Cipher) => void
  readonly onDone: (clientVersion: string) => void
  readonly onFailure: (text: string) => void
}

const planActions = ({ sessionType, properties, kmsKeyId }: SessionPlan, challenge: string) => [
  {
    ActionType: 'SessionType',
    ActionParameters: { SessionType: sessionType, Properties: sessionType === 'Port' ? properties : null },
  },
  ...(kmsKeyId === ''
    ? []
    : [{ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: kmsKeyId, Challenge: challenge } }]),
]

const findFailed = ({ ProcessedClientActions }: HandshakeResponse): string | undefined => {
  const failed = ProcessedClientActions.find(({ ActionStatus }) => ActionStatus !== actionStatus.success)
  if (failed === undefined) return undefined
  return `${failed.ActionType} failed on client with status ${failed.ActionStatus} error: ${failed.Error}`
}

/** The agent's half. What else a client says before it is over is dropped, as there. */
export const beginHandshake = (options: HandshakeOptions) => {
  const { plan, tools, calls, send, onCipher, onDone, onFailure } = options
  const began = process.hrtime.bigint()
  const challenge = randomBytes(16).toString('base64')
  let phase: 'asked' | 'fetching' | 'challenged' | 'over' = 'asked'
  let solves = (_payload: Buffer): boolean => false
  let clientVersion = ''
  let timer: NodeJS.Timeout | undefined

  const fail = (text: string): void => {
    if (phase === 'over') return
    stop()
    onFailure(text)
  }
  const stop = (): void => {
    phase = 'over'
    clearTimeout(timer)
  }
  const wait = (text: string): void => {
    clearTimeout(timer)
    timer = setTimeout(() => fail(text), patience)
  }
  const complete = (): void => {
    stop()
    const HandshakeTimeToComplete = Number(process.hrtime.bigint() - began)
    const CustomerMessage = plan.kmsKeyId === '' ? '' : 'This session is encrypted using AWS KMS.'
    send(payloadType.handshakeComplete, renderHandshakeComplete({ HandshakeTimeToComplete, CustomerMessage }))
    onDone(clientVersion)
  }
  const encrypt = async (response: HandshakeResponse): Promise<void> => {
    phase = 'fetching'
    clearTimeout(timer)
    const cipher = await fetchCipher({ ...tools, calls, keyId: plan.kmsKeyId, challenge, response })
    if ((phase as string) === 'over') return
    onCipher(cipher)
    phase = 'challenged'
    wait('Timed out waiting for encryption challenge.')
    solves = beginChallenge(cipher, (payload) => send(payloadType.challengeRequest, payload))
  }
  const respond = (payload: Buffer): void => {
    const response = parseHandshakeResponse(payload)
    clientVersion = response.ClientVersion
    const failed = findFailed(response)
    if (failed !== undefined) fail(failed)
    else if (plan.kmsKeyId === '') complete()
    else encrypt(response).catch((error: Error) => fail(error.message))
  }
  const handle = ({ payloadType: type, payload }: AgentMessage): void => {
    if (phase === 'asked' && type === payloadType.handshakeResponse) respond(payload)
    if (phase !== 'challenged' || type !== payloadType.challengeResponse) return
    if (solves(payload)) complete()
    else fail('Encryption challenge does not match!')
  }
  wait(tooLate)
  const request = { AgentVersion: agentVersion, RequestedClientActions: planActions(plan, challenge) }
  send(payloadType.handshakeRequest, renderHandshakeRequest(request))
  return {
    receive(message: AgentMessage): void {
      try {
        handle(message)
      } catch (error) {
        fail((error as Error).message)
      }
    },
    stop,
  }
}
