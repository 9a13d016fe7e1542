import {
  actionStatus,
  parseHandshakeResponse,
  renderHandshakeComplete,
  renderHandshakeRequest,
} from '../../protocol/ssm/handshake.ts'
import type { AgentMessage } from '../../protocol/ssm/message.ts'
import { payloadType } from '../../protocol/ssm/payload.ts'
import type { SessionPlan } from './session-document.ts'

/** Four parts, and new enough for the client to multiplex. */
export const agentVersion = '3.3.1611.0'

/** A shell or an interactive command begins without one. */
export const needsHandshake = ({ sessionType }: SessionPlan): boolean =>
  sessionType === 'Port' || sessionType === 'NonInteractiveCommands'

/** Milliseconds. */
const patience = 15_000
const tooLate =
  'Handshake timed out. Please ensure that you have the latest version of the session manager plugin.'

export interface HandshakeOptions {
  readonly plan: SessionPlan
  readonly send: (payloadType: number, payload: Buffer) => void
  readonly onDone: (clientVersion: string) => void
  readonly onFailure: (text: string) => void
}

/** The agent's half. What else a client says before it is over is dropped, as there. */
export const beginHandshake = ({ plan, send, onDone, onFailure }: HandshakeOptions) => {
  const began = process.hrtime.bigint()
  let over = false
  const { sessionType, properties } = plan
  const actions = [
    {
      ActionType: 'SessionType',
      ActionParameters: {
        SessionType: sessionType,
        Properties: sessionType === 'Port' ? properties : null,
      },
    },
  ]
  send(
    payloadType.handshakeRequest,
    renderHandshakeRequest({ AgentVersion: agentVersion, RequestedClientActions: actions }),
  )
  const finish = (act: () => void) => {
    if (over) return
    over = true
    clearTimeout(timer)
    act()
  }
  const timer = setTimeout(() => finish(() => onFailure(tooLate)), patience)
  return {
    receive(message: AgentMessage): void {
      if (over || message.payloadType !== payloadType.handshakeResponse) return
      const { ClientVersion, ProcessedClientActions } = parseHandshakeResponse(message.payload)
      const failed = ProcessedClientActions.find(({ ActionStatus }) => ActionStatus !== actionStatus.success)
      finish(() => {
        if (failed !== undefined)
          return onFailure(`${failed.ActionType} failed on client with error: ${failed.Error}`)
        const HandshakeTimeToComplete = Number(process.hrtime.bigint() - began)
        send(
          payloadType.handshakeComplete,
          renderHandshakeComplete({ HandshakeTimeToComplete, CustomerMessage: '' }),
        )
        onDone(ClientVersion)
      })
    },
    stop: () => finish(() => {}),
  }
}
