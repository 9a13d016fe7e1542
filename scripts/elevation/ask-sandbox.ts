import { randomBytes } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { inert, printable, type UserName } from '../../config/user-name.ts'
import { runSessionCommand } from '../../connect/ssm/run-command.ts'
import { explainConnection, explainEnd, type Place } from '../connect/explain.ts'
import { connectorFor, openTicket } from '../connect/open-session.ts'
import { planCommandRequest } from '../connect/plan-connect.ts'
import type { Context } from '../sandbox/context.ts'

const program = '/usr/local/lib/kiro-sandbox/elevation.py'

/** The start files of the sandbox user may print what they like; the answer stands behind a word of this call. */
export const parseAnswer = (text: string, mark: string): string => {
  const at = text.indexOf(mark)
  if (at === -1)
    throw new UserError(`the sandbox answers "${printable(text.trim())}" instead of running ${program}`, {
      hint: 'look at what ~/.bash_profile and ~/.bashrc do there: npm run ssm:connect -- --shell',
    })
  return text.slice(at + mark.length).trim()
}

/**
 * Runs elevation.py on a sandbox, as the sandbox user, through a session: engineers may start those, and need no
 * right to run commands as root. What is said on the way may be kept in logs, so nothing secret is an argument.
 * @returns what it printed
 */
export const askSandbox = async (
  context: Context,
  { user, instanceId }: { readonly user: UserName; readonly instanceId: string },
  ...args: readonly string[]
): Promise<string> => {
  const place: Place = {
    ...{ user, instanceId, region: context.target.region, document: names.sessionDocuments.command },
  }
  const mark = `answer-${randomBytes(8).toString('hex')}`
  const line = `[ -f ${program} ] || exit 9; echo ${mark}; /usr/bin/python3 -I ${program} ${args.join(' ')} </dev/null`
  const ticket = await openTicket(context, place, planCommandRequest(line), 'elevation')
  const [output, errorOutput] = [new PassThrough(), new PassThrough()]
  const said = { output: '', error: '' }
  output.on('data', (text: Buffer) => {
    said.output += text
  })
  errorOutput.on('data', (text: Buffer) => {
    said.error += text
  })
  const ended = await runSessionCommand(connectorFor(context, place, ticket), {
    ...{ output, errorOutput, signal: context.io.signal, onTrouble: () => {} },
  }).catch((error: unknown) => {
    throw explainConnection(error, place)
  })
  context.io.signal.throwIfAborted()
  const failure = explainEnd(ended, place)
  if (failure !== undefined) throw failure
  if (ended.exitCode === 0) return parseAnswer(said.output, mark)
  if (ended.exitCode === 9)
    throw new UserError(`the image of ${user}'s sandbox knows no elevation.mode push`, {
      hint: 'npm run image:build, then sandbox:down and sandbox:up',
    })
  throw new UserError(
    `${instanceId}: ${inert(said.error.trim()).replace(/^kiro-sandbox: /, '') || `${program} ended with exit code ${ended.exitCode}`}`,
    { hint: `look there: npm run ssm:connect -- --user ${user} --shell` },
  )
}
