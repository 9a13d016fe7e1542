import { createConnector } from '../../../connect/ssm/connector.ts'
import type { Ticket } from '../../../connect/ssm/control.ts'
import { dialSession } from '../../../connect/ssm/dial.ts'
import { runSessionCommand } from '../../../connect/ssm/run-command.ts'
import { machine } from '../../../protocol/ssm/ambient.ts'

/** A client in a process of its own: which proxy and which authorities count is said by the environment of a process. */
const { region, credentials, ...ticket } = JSON.parse(
  await new Response(process.stdin as never).text(),
) as Ticket & {
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}
const signal = new AbortController().signal
const connect = createConnector({
  ...{ ticket, ambient: machine },
  control: { resume: async () => undefined, terminate: async () => {} },
  dial: (streamUrl) => dialSession({ ...{ streamUrl, region, credentials, seconds: 10 }, signal }),
})
try {
  const { exitCode } = await runSessionCommand(connect, {
    ...{ output: process.stdout, errorOutput: process.stderr, signal, onTrouble: () => {} },
  })
  process.exitCode = exitCode ?? 99
} catch (error) {
  process.stderr.write(`${JSON.stringify({ ...(error as Error), message: (error as Error).message })}\n`)
  process.exitCode = 98
}
