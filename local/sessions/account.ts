import { type ProgramTools, StartFailure } from './program.ts'
import type { SessionPlan } from './session-document.ts'

/** Whom a program runs as. */
export interface Account {
  readonly user: string
  readonly uid: string
  readonly gid: string
  readonly home: string
}

const root: Account = { user: 'root', uid: '0', gid: '0', home: '/root' }
export const usualUser = 'ssm-user'

/**
 * No fallback when the account that a document names is not there: the person would be somebody else.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html
 */
export const prepareAccount = async (
  { reach, programs, instanceId }: ProgramTools,
  { runAs, commands }: Pick<SessionPlan, 'runAs' | 'commands'>,
): Promise<Account> => {
  if (commands.runAsElevated) return root
  if (runAs === '') throw new StartFailure('please set the RunAs default user')
  const user = runAs ?? usualUser
  const own = runAs === undefined ? 'yes' : 'no'
  const argv = ['sh', '-c', programs.prepareUser, 'prepare', user, own]
  const { exitCode, stdout, stderr } = await reach.run(instanceId, argv)
  const [uid = '', gid = '', home = '/'] = stdout.toString().split('\n')
  if (exitCode !== 0)
    throw new StartFailure(
      runAs === undefined
        ? `failed to create ${user}: ${stderr.toString().trim()}`
        : `failed to start pty since RunAs user ${user} does not exist`,
    )
  if (uid === '0' || gid === '0')
    throw new StartFailure(`failed to start pty since RunAs user ${user} is root, which is not allowed`)
  return { user, uid, gid, home }
}

/** Of the agent's unit: a session begins where its programs lie. */
export const startFolder = '/usr/bin'

export const planEnvironment = ({ home }: Account): string[] => [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
  'LANG=C.UTF-8',
  `HOME=${home}`,
]

/** Where the leader of a session is noted, so that it can be ended. */
export const pidFileOf = (sessionId: string): string => `/run/local-target-sessions/${sessionId}`

export const planStart = (
  { programs, sessionId }: ProgramTools,
  { user, uid, gid }: Account,
  argv: readonly string[],
): string[] => ['sh', '-c', programs.start, 'start', pidFileOf(sessionId), user, uid, gid, ...argv]

/** A guest that is gone has ended its programs itself. */
export const endProgram = async (tools: ProgramTools): Promise<void> => {
  const argv = ['sh', '-c', tools.programs.end, 'end', pidFileOf(tools.sessionId)]
  await tools.reach.run(tools.instanceId, argv).catch((error: Error) => {
    tools.log(`session ${tools.sessionId}: its programs could not be ended: ${error.message}`)
  })
}
