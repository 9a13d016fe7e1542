import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../../../config/user-error.ts'
import type { UserName } from '../../../config/user-name.ts'
import { hostAlias } from '../../../connect/ssh-config/place.ts'
import { findSandbox } from '../../connect/reach.ts'
import { explainSsh } from '../../ide/explain-ssh.ts'
import type { Context } from '../../sandbox/context.ts'
import { openHome } from '../../ssh-config/home.ts'
import { runSsh } from '../../ssh-config/run-ssh.ts'
import { writeHost } from '../../ssh-config/write.ts'
import { type Collected, parseAnswer } from './parse-answer.ts'

/** A slow line with many chats; what the sandbox gives is bounded besides. */
const seconds = 300
/** collect.py gives 64 million characters, of which JSON may make more. */
const most = 400_000_000

export const readProgram = ({ paths }: Pick<Context, 'paths'>): Promise<string> =>
  readFile(join(paths.root, 'scripts', 'audit', 'transcripts', 'collect.py'), 'utf8')

/**
 * Over ssh and not through a session with a command: what such a session says is kept in the log group of sessions, and
 * chats hold secrets that nobody has redacted yet. Of ssh nothing is kept there.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging.html
 * With a key and a config of its own that are gone afterwards. @param since milliseconds since 1970
 */
export const collectFromSandbox = async (
  context: Context,
  user: UserName,
  { since, config }: { readonly since: number; readonly config: string | undefined },
): Promise<Collected> => {
  const { instanceId, state } = await findSandbox(context, user)
  if (state !== 'running')
    throw new UserError(
      `the sandbox of ${user} (${instanceId}) is ${state}, and an audit starts no machine`,
      {
        hint: `npm run ssm:connect -- --user ${user} starts it; or --from <a folder with a copy of its ~/.kiro>`,
      },
    )
  const program = await readProgram(context)
  const folder = await mkdtemp(join(tmpdir(), 'kiro-audit-'))
  try {
    const home = openHome(folder)
    await writeHost({ context, user, home, config, awsCli: false })
    const mark = `chats-${randomBytes(8).toString('hex')}`
    const host = hostAlias(user)
    const line = `/usr/bin/python3 -I - ${mark} ${Math.floor(since / 1000)} '~'`
    return await context.io.story.step(`Chats of ${user}`, async () => {
      const options = { seconds, most, input: program, signal: context.io.signal }
      const result = await runSsh(home, ['-C', host, line], options)
      if (result.code !== 0) throw explainSsh({ ...result, stdout: '' }, host, user)
      return parseAnswer(result.stdout, mark)
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
