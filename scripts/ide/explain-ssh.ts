import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import type { SshResult } from '../ssh-config/run-ssh.ts'

/** What ssh, or the proxy below it, has said, and what to do then. The first that fits counts. */
const known: readonly (readonly [pattern: RegExp, sentence: string, hint: (user: UserName) => string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/,
    'shows another host key than the one that was read through Systems Manager',
    (user) =>
      `if you know why: npm run ssh:config -- --user ${user} --remove, then --write, which reads it anew; if not, ask who is between you and it`,
  ],
  [
    /not authorized|AccessDenied|UnauthorizedOperation/i,
    'cannot be reached with your login',
    (user) => `npm run -s access:policy -- --user ${user} prints what the login of an engineer needs`,
  ],
  [
    /Permission denied \(publickey/,
    'has not taken the key of this computer',
    (user) =>
      `is it ${user}'s golden image, with EC2 Instance Connect? npm run sandbox:status -- --user ${user}`,
  ],
]

/** As scripts/cli/run.ts writes them on stderr, here that of our proxy. */
const saidByProxy = (said: string, word: 'error' | 'hint'): string | undefined =>
  new RegExp(`^${word}: +(.+)$`, 'm').exec(said)?.[1]

export const explainSsh = ({ code, stderr, stdout }: SshResult, host: string, user: UserName): UserError => {
  const said = stderr.trim() === '' ? stdout.trim() : stderr.trim()
  const last = said
    .split('\n')
    .filter((line) => line.trim() !== '')
    .at(-1)
  // ssh itself only says that the connection was closed.
  const reason = saidByProxy(said, 'error') ?? last ?? `exit code ${code}`
  const found = known.find(([pattern]) => pattern.test(said))
  if (found !== undefined) return new UserError(`${host} ${found[1]}: ${reason}`, { hint: found[2](user) })
  return new UserError(`${host} does not answer: ${reason}`, {
    hint: saidByProxy(said, 'hint') ?? `ssh -v ${host} true shows each step`,
  })
}
