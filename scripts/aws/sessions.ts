import type { SessionControl, Ticket } from '../../connect/ssm/control.ts'
import type { SdkConfig } from '../target.ts'
import { awsCall } from './call.ts'

/** Input of StartSession. */
export interface NewSession {
  readonly instanceId: string
  readonly document: string
  readonly parameters: Readonly<Record<string, readonly string[]>>
  /** 1 to 256 characters, for those who read the list of sessions. */
  readonly reason: string | undefined
}

interface Answer {
  readonly SessionId?: string | undefined
  readonly TokenValue?: string | undefined
  readonly StreamUrl?: string | undefined
}

/** undefined when something of it is missing. */
const parseTicket = ({ SessionId, TokenValue, StreamUrl }: Answer): Ticket | undefined => {
  if (!SessionId || !TokenValue || !StreamUrl) return undefined
  return { sessionId: SessionId, token: TokenValue, streamUrl: StreamUrl }
}

/** Not explained: whoever starts a session tries again after some errors. */
export const startSession = async (sdk: SdkConfig, session: NewSession): Promise<Ticket> => {
  const { SSMClient, StartSessionCommand } = await import('./sdk/ssm.ts')
  const call = new StartSessionCommand({
    Target: session.instanceId,
    DocumentName: session.document,
    Parameters: Object.fromEntries(
      Object.entries(session.parameters).map(([key, value]) => [key, [...value]]),
    ),
    ...(session.reason === undefined ? {} : { Reason: session.reason }),
  })
  const ticket = parseTicket(await new SSMClient(sdk).send(call))
  if (ticket === undefined) throw new Error('StartSession has answered without a token or an address')
  return ticket
}

/** With fresh credentials each time: a session may outlive those it was started with. */
export const createSessionControl = (sdk: SdkConfig): SessionControl => ({
  async resume(sessionId) {
    const { ResumeSessionCommand, SSMClient } = await import('./sdk/ssm.ts')
    const call = new ResumeSessionCommand({ SessionId: sessionId })
    return parseTicket(await awsCall('resume the session', () => new SSMClient(sdk).send(call)))
  },
  async terminate(sessionId) {
    const { SSMClient, TerminateSessionCommand } = await import('./sdk/ssm.ts')
    const call = new TerminateSessionCommand({ SessionId: sessionId })
    await awsCall('terminate the session', () => new SSMClient(sdk).send(call))
  },
})
