import { names } from '../../config/names.ts'
import type { UserName } from '../../config/user-name.ts'
import { runStream } from '../../connect/ssm/run-stream.ts'
import { createSessionControl } from '../aws/sessions.ts'
import { explainConnection, explainEnd } from '../connect/explain.ts'
import { connectorFor, openTicket } from '../connect/open-session.ts'
import type { Context } from '../sandbox/context.ts'
import { explainOpening } from './explain.ts'
import { pushKeyTo, type TunnelErrand } from './open-tunnel.ts'

interface Where {
  readonly user: UserName
  readonly instanceId: string
}

/** The same connection through Session Manager, where no endpoint leads to the machine. Returns the exit code. */
export const proxyThroughSession = async (
  context: Context,
  where: Where,
  errand: TunnelErrand,
): Promise<number> => {
  const { target, io } = context
  const place = { ...where, region: target.region }
  const here = { ...place, document: names.sessionDocuments.ssh }
  const ticket = await openTicket(context, here, { document: here.document, parameters: {} }, 'ssh')
  // Not before: a machine that has just booted may take no session for longer than the key is good for.
  await pushKeyTo(target.sdk, place, errand).catch(async (error: unknown) => {
    await createSessionControl(target.sdk)
      .terminate(ticket.sessionId)
      .catch(() => undefined)
    throw explainOpening(error, place)
  })
  const ended = await runStream(connectorFor(context, here, ticket), {
    ...{ input: process.stdin, output: process.stdout, signal: io.signal },
    onTrouble: (trouble) =>
      io.story.warn(trouble.kind === 'back' ? 'connected again' : `connection lost (${trouble.reason})`),
  }).catch((error: unknown) => {
    throw explainConnection(error, here)
  })
  const failure = io.signal.aborted ? undefined : explainEnd(ended, here)
  if (failure !== undefined) throw failure
  return 0
}
