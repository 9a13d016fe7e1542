import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { type Connector, createConnector } from '../../../connect/ssm/connector.ts'
import { dialSession } from '../../../connect/ssm/dial.ts'
import { controlPath } from '../../../local/control/control-file.ts'
import { machine } from '../../../protocol/ssm/ambient.ts'
import { createSessionControl, startSession } from '../../../scripts/aws/sessions.ts'
import { region } from '../../local/control/fixture.ts'
import type { GuestRoom } from '../../local/guests/fixture.ts'

/** What the product connects with, for a machine of a test's own target. */
export const reach = ({ target, room }: GuestRoom, instanceId: string) => {
  const { endpoint, accessKeyId, secretAccessKey } = target
  const credentials = { accessKeyId, secretAccessKey }
  const sdk = { region, endpoint, credentials }
  const control = createSessionControl(sdk)
  const stop = new AbortController()
  return {
    sdk,
    control,
    async start(
      document: string,
      parameters: Record<string, string[]> = {},
    ): Promise<{ connect: Connector; sessionId: string }> {
      const ticket = await startSession(sdk, { instanceId, document, parameters, reason: 'a test' })
      const dial = (streamUrl: string) =>
        dialSession({ ...{ streamUrl, region, credentials, seconds: 10 }, signal: stop.signal })
      return {
        connect: createConnector({ ticket, control, ambient: machine, dial }),
        sessionId: ticket.sessionId,
      }
    },
    /** The switches of the daemon, which only who reads its control file may use. */
    async fail(sessionId: string, fault: object): Promise<void> {
      const { token } = JSON.parse(readFileSync(controlPath(room.paths.local), 'utf8')) as { token: string }
      const response = await fetch(`${endpoint}/_local/session-fault`, {
        method: 'POST',
        headers: { 'x-local-token': token },
        body: JSON.stringify({ sessionId, fault }),
      })
      if (!response.ok) throw new Error(`no fault was set: ${await response.text()}`)
    },
  }
}

/** Keeps all that is written. */
export const collector = () => {
  const stream = new PassThrough()
  const parts: Buffer[] = []
  stream.on('data', (part: Buffer) => parts.push(part))
  return { stream, bytes: () => Buffer.concat(parts), text: () => Buffer.concat(parts).toString() }
}
