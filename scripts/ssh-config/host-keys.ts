import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { type HostKey, parseHostKeys } from '../../connect/ssh-config/known-hosts.ts'
import { runSessionCommand } from '../../connect/ssm/run-command.ts'
import { explainConnection, explainEnd } from '../connect/explain.ts'
import { connectorFor, openTicket } from '../connect/open-session.ts'
import type { SessionRequest } from '../connect/plan-connect.ts'
import type { Context } from '../sandbox/context.ts'

const files = ['ed25519', 'ecdsa', 'rsa'].map((type) => `/etc/ssh/ssh_host_${type}_key.pub`)

/**
 * cat itself and no shell around it: what the sandbox user has in its start files has no say in this. A session
 * because engineers may open one; Run Command would be root, and they may not use it.
 */
const request: SessionRequest = {
  document: names.sessionDocuments.command,
  parameters: { command: [`cat ${files.join(' ')}`] },
}

/** The host keys of a machine, on a way that AWS vouches for. @throws when it has none */
export const readHostKeys = (context: Context, user: UserName, instanceId: string): Promise<HostKey[]> =>
  context.io.story.step(`Host keys of ${instanceId}`, async (note) => {
    const { target, io } = context
    const place = { user, instanceId, region: target.region, document: request.document }
    const ticket = await openTicket(context, place, request, 'host keys for ssh', note)
    const [output, errorOutput] = [new PassThrough(), new PassThrough()]
    const said = Promise.all([buffer(output), buffer(errorOutput)])
    const ended = await runSessionCommand(connectorFor(context, place, ticket), {
      ...{ output, errorOutput, signal: io.signal, onTrouble: () => {} },
    })
      .catch((error: unknown) => {
        throw explainConnection(error, place)
      })
      .finally(() => {
        output.end()
        errorOutput.end()
      })
    const failure = explainEnd(ended, place)
    if (failure !== undefined) throw failure
    io.signal.throwIfAborted()
    // A machine need not have all three kinds; cat then complains, and the others count.
    const [text, complaint] = await said
    const keys = parseHostKeys(text.toString('utf8'))
    if (keys.length === 0) throw noKeys(user, instanceId, complaint.toString('utf8').trim())
    return keys
  })

const noKeys = (user: UserName, instanceId: string, complaint: string): UserError =>
  new UserError(
    `${instanceId} has shown no ssh host key${complaint === '' ? '' : `: ${complaint.split('\n')[0]}`}`,
    { hint: `npm run ssm:connect -- --user ${user} --command 'ls -l /etc/ssh' shows what is there` },
  )
