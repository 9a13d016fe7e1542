import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import type { TunnelEnd } from '../../connect/eice/pump.ts'
import { KeyRefused, NoAnswer } from '../../connect/eice/push-key.ts'
import { TunnelRefused } from '../../connect/eice/tunnel.ts'
import { profileFlag } from '../aws/call.ts'
import type { Way } from './way.ts'

export interface Place extends Pick<Way, 'instanceId' | 'region'> {
  readonly user: UserName
}

type Known = readonly [code: RegExp, sentence: (place: Place) => string, hint: (place: Place) => string]

const upHint = ({ user }: Place): string => `npm run sandbox:up -- --user ${user}`

const clock: Known = [
  /^(RequestExpired|RequestTimeTooSkewed)$/,
  () => 'AWS refuses the signature because the clock of this computer is wrong',
  () => 'set the clock, for example with: sudo timedatectl set-ntp true',
]

const expired: Known = [
  /^(ExpiredToken|ExpiredTokenException)$/,
  () => 'the AWS login has expired',
  () => `aws sso login${profileFlag()}`,
]

const keyRefusals: readonly Known[] = [
  clock,
  expired,
  [
    /^EC2InstanceNotFoundException$/,
    ({ user, instanceId }) => `the machine of ${user} is gone (${instanceId})`,
    upHint,
  ],
  [
    /^EC2InstanceStateInvalidException$/,
    ({ user, instanceId }) => `the sandbox of ${user} does not run (${instanceId})`,
    (place) => `${upHint(place)} starts it`,
  ],
  [
    /^AccessDenied/,
    ({ user }) => `AWS does not allow you to push a key to the sandbox of ${user}`,
    ({ user, instanceId }) =>
      `log in as ${user}, or ask for ec2-instance-connect:SendSSHPublicKey on ${instanceId}`,
  ],
]

const tunnelRefusals: readonly Known[] = [
  clock,
  expired,
  [
    /^AccessDenied/,
    ({ user }) => `AWS does not allow you to open a tunnel to the sandbox of ${user}`,
    ({ user }) => `log in as ${user}, or ask for ec2-instance-connect:OpenTunnel on the endpoint`,
  ],
  [
    /^(LimitExceeded|Throttling\w*)$/,
    () => 'the Instance Connect Endpoint has as many connections as it takes',
    () => 'close some ssh or editor windows and try again',
  ],
]

/** Wrong and expired signatures have one code; the sentence of AWS tells which it is. */
const isClock = (message: string): boolean => /not yet current|has expired|skewed/i.test(message)

const explainBy = (
  known: readonly Known[],
  code: string,
  error: Error,
  place: Place,
  what: string,
): UserError => {
  const word = isClock(error.message) && /^(Signature|InvalidSignature)/.test(code) ? 'RequestExpired' : code
  const found = known.find(([pattern]) => pattern.test(word))
  const [sentence, hint] =
    found === undefined
      ? [`${what}: ${code}`, `npm run sandbox:status -- --user ${place.user}`]
      : [found[1](place), found[2](place)]
  return new UserError(`${sentence}: ${error.message}`, { hint, cause: error })
}

/** What opening a tunnel has thrown. */
export const explainOpening = (error: unknown, place: Place): unknown => {
  if (error instanceof KeyRefused)
    return explainBy(keyRefusals, error.code, error, place, 'the key cannot be pushed')
  if (error instanceof TunnelRefused && error.status !== undefined)
    return explainBy(tunnelRefusals, error.code ?? `HTTP ${error.status}`, error, place, 'no tunnel')
  if (error instanceof NoAnswer || error instanceof TunnelRefused)
    return new UserError(`EC2 Instance Connect in ${place.region} does not answer: ${error.message}`, {
      hint: 'does this network let port 443 of AWS through? behind a proxy set HTTPS_PROXY',
      cause: error,
    })
  return error
}

/** How a tunnel ended. undefined: as it should. */
export const explainEnd = (end: TunnelEnd, place: Place): UserError | undefined => {
  if (end.kind === 'closed') return undefined
  const said = end.reason === '' ? `code ${end.code}` : end.reason
  if (/duration/i.test(end.reason))
    return new UserError(`the tunnel has reached its longest duration (${said})`, {
      hint: 'connect again; ssh.tunnelSeconds of the settings says how long one lasts, AWS allows an hour',
    })
  return end.received
    ? new UserError(`the tunnel was cut (${said})`, { hint: 'connect again' })
    : new UserError(`nothing answers at port 22 of ${place.instanceId} behind the endpoint (${said})`, {
        hint: `do the security groups still let the endpoint in? npm run sandbox:status -- --user ${place.user}`,
      })
}
