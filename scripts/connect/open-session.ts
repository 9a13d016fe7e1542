import { setTimeout as delay } from 'node:timers/promises'
import { UserError } from '../../config/user-error.ts'
import { type Connector, createConnector } from '../../connect/ssm/connector.ts'
import type { Ticket } from '../../connect/ssm/control.ts'
import { dialSession } from '../../connect/ssm/dial.ts'
import { machine as ambient } from '../../protocol/ssm/ambient.ts'
import { findAgent } from '../aws/agent.ts'
import { isAwsError } from '../aws/call.ts'
import { findCredentials } from '../aws/credentials.ts'
import { createSessionControl, startSession } from '../aws/sessions.ts'
import type { Context } from '../sandbox/context.ts'
import { explainStart, type Place } from './explain.ts'
import type { SessionRequest } from './plan-connect.ts'

/** An agent is called online up to a minute and a half before it takes sessions. */
const patience = 240_000
const dialSeconds = 10
/** Milliseconds between two tries: at first the machine may be there any moment. */
const planPause = (waited: number): number => (waited < 5000 ? 250 : 2000)

const refuseBookEntry = async ({ target }: Context, instanceId: string): Promise<void> => {
  const { state } = await findAgent(target.sdk, instanceId)
  if (state === 'unsupported')
    throw new UserError(`${instanceId} is an entry in the books of the local target, not a machine`, {
      hint: 'npm run doctor says what real machines need',
    })
}

/** Only the service itself knows when it will start a session, so it is asked until it does. */
export const openTicket = async (
  context: Context,
  place: Place,
  request: SessionRequest,
  reason: string | undefined,
  note: (text: string) => void = () => {},
): Promise<Ticket> => {
  const { target, io } = context
  const { instanceId } = place
  const began = performance.now()
  for (let tries = 0; ; tries += 1) {
    try {
      return await startSession(target.sdk, { instanceId, reason, ...request })
    } catch (error) {
      const waited = performance.now() - began
      if (!isAwsError(error, 'TargetNotConnected') || waited > patience) throw explainStart(error, place)
      if (tries === 0) await refuseBookEntry(context, instanceId)
      note('the agent is not connected yet')
      await delay(planPause(waited), undefined, { signal: io.signal })
    }
  }
}

/** What a started session is reached with. */
export const connectorFor = ({ target, io }: Context, place: Place, ticket: Ticket): Connector =>
  createConnector({
    ...{ ticket, ambient, control: createSessionControl(target.sdk) },
    dial: async (streamUrl) =>
      dialSession({
        ...{ streamUrl, region: place.region, seconds: dialSeconds, signal: io.signal },
        credentials: await findCredentials(target.sdk),
      }),
    async generateKey(parameters) {
      const { generateSessionKey } = await import('../aws/session-key.ts')
      return generateSessionKey(target.sdk, ticket.sessionId, place.instanceId, parameters)
    },
  })
