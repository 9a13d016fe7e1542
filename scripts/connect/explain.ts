import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { DialFailure } from '../../connect/ssm/dial.ts'
import { ListenFailure } from '../../connect/ssm/run-forward.ts'
import type { SessionEnd } from '../../connect/ssm/session.ts'
import { explainAwsError, isAwsError } from '../aws/call.ts'

/** What a sentence about a failed session is made of. */
export interface Place {
  readonly user: UserName
  readonly instanceId: string
  readonly region: string
  readonly document: string
}

const upHint = ({ user }: Place): string => `npm run sandbox:up -- --user ${user}`

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/signing-elements.html */
const isClockSkew = (error: unknown): boolean =>
  isAwsError(error, 'RequestTimeTooSkewed') ||
  (isAwsError(error, 'InvalidSignatureException', 'SignatureDoesNotMatch', 'RequestExpired') &&
    /signature (expired|not yet current)|not yet current|clock/i.test((error as Error).message))

const isDenied = (error: unknown): boolean => isAwsError(error, 'AccessDenied', 'AccessDeniedException')

/** What StartSession has thrown, when trying again is of no use. */
export const explainStart = (error: unknown, place: Place): unknown => {
  const { user, instanceId, region, document } = place
  const because = (text: string, hint: string) => new UserError(text, { hint, cause: error })
  if (isClockSkew(error))
    return because(
      'AWS refuses the signature because the clock of this computer is wrong',
      'set the clock, for example with: sudo timedatectl set-ntp true',
    )
  if (isAwsError(error, 'InvalidDocument', 'InvalidDocumentVersion'))
    return because(
      `Session Manager has no document ${document} in ${region}: ${(error as Error).message}`,
      `${upHint(place)} makes it`,
    )
  if (isAwsError(error, 'TargetNotConnected'))
    return because(
      `the agent of ${instanceId} is not connected to Session Manager`,
      'does its subnet reach the endpoints ssm, ssmmessages and ec2messages, and may its role use them? npm run doctor',
    )
  if (isDenied(error))
    return because(
      `AWS does not allow you to open a session on the sandbox of ${user}: ${(error as Error).message}`,
      `log in as ${user}, or ask for ssm:StartSession on ${instanceId} and the document ${document}`,
    )
  return explainAwsError(error, `open a session on ${instanceId}`)
}

/** What opening the data channel, or the port here, has thrown. */
export const explainConnection = (error: unknown, place: Place): unknown => {
  if (error instanceof ListenFailure)
    return new UserError(error.message, {
      hint: `is another program using it? give another local port: --forward ${error.port + 1}:...`,
      cause: error,
    })
  if (!(error instanceof DialFailure)) return explainAwsError(error, `reach ${place.instanceId}`)
  const { status, proxy, message } = error
  const service = `ssmmessages.${place.region}.amazonaws.com`
  if (proxy !== undefined)
    return new UserError(`the proxy ${proxy} does not let the session through: ${message}`, {
      hint: `allow ${service}:443 there, or put it into NO_PROXY`,
      cause: error,
    })
  if (status === 401 || status === 403)
    return new UserError(`AWS does not allow you to open the data channel of a session: ${message}`, {
      hint: 'ask for ssmmessages:OpenDataChannel on your own sessions; is the clock of this computer right?',
      cause: error,
    })
  return new UserError(`the data channel cannot be opened: ${message}`, {
    hint: `does this network let port 443 of ${service} through? behind a proxy set HTTPS_PROXY`,
    cause: error,
  })
}

type Known = readonly [pattern: RegExp, sentence: string, hint: (place: Place) => string]

const again = ({ user }: Place): string => `npm run ssm:connect -- --user ${user}`

/** What the agent or the service says at the end, in words that help. */
const knownEndings: readonly Known[] = [
  [
    // https://github.com/aws/session-manager-plugin/issues/91
    /no space left|Plugin with name \S+ is not found/i,
    'the disk of the sandbox is full, so its agent cannot begin a session',
    ({ user }) =>
      `a larger one (instance.rootVolumeGiB) or an empty one: save what is on it, then npm run sandbox:down -- --user ${user} and sandbox:up`,
  ],
  [
    /RunAs user \S+ does not exist/i,
    'the machine has no user for sessions: it was not started from a golden image',
    ({ user }) => `npm run image:build, then sandbox:down and sandbox:up --user ${user}`,
  ],
  [/idle|inactiv/i, 'the session was idle for too long and has been closed', again],
  [/maximum (session )?duration/i, 'the session has reached its longest duration', again],
  [
    /kms/i,
    'the session could not be encrypted',
    () => 'the role of the sandbox needs kms:Decrypt on the key, you need kms:GenerateDataKey',
  ],
  [
    /Connection to destination port failed|Unable to connect to specified port/i,
    'nothing answers at that port of the sandbox',
    ({ user }) => `npm run ssm:connect -- --user ${user} --command 'ss -ltn' shows the ports that are open`,
  ],
]

const explainText = (text: string, place: Place): UserError => {
  const said = text.replace(/-+ERROR-+\s*/g, '').trim()
  const found = knownEndings.find(([pattern]) => pattern.test(said))
  if (found === undefined) return new UserError(`the session has ended: ${said}`, { hint: again(place) })
  return new UserError(`${found[1]} (${said})`, { hint: found[2](place) })
}

/** Undefined: a session that ended as it should. */
export const explainEnd = ({ end, failure }: SessionEnd, place: Place): unknown => {
  if (failure !== undefined)
    return isDenied(failure)
      ? new UserError(`KMS does not let you use the key of these sessions: ${(failure as Error).message}`, {
          hint: 'ask for kms:GenerateDataKey on that key',
          cause: failure,
        })
      : explainAwsError(failure, 'make the key of the session')
  if (end.kind === 'closed') return end.output === '' ? undefined : explainText(end.output, place)
  if (end.kind === 'over')
    return new UserError('the session was ended while the connection was lost', { hint: again(place) })
  if (end.kind === 'lost') return explainLost(end.error, place)
  return undefined
}

const explainLost = (error: unknown, place: Place): unknown => {
  if (error instanceof UserError || error instanceof DialFailure) return explainConnection(error, place)
  const message = error instanceof Error ? error.message : String(error)
  return new UserError(`the session is lost: ${message}`, { hint: again(place), cause: error })
}
