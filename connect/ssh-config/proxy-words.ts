import { names } from '../../config/names.ts'
import { shellWord } from '../../config/shell-word.ts'
import { usageError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'

export interface ProxyFacts {
  readonly user: UserName
  /** The one whose host keys are pinned; for another one ssh would cry wolf. */
  readonly instanceId: string
  readonly node: string
  readonly launcher: string
  readonly publicKey: string
  /** What the proxy has to be told so that it acts where this command acted, e.g. `--target aws`. */
  readonly flags: readonly string[]
  /** Variables it needs; an editor that was started from a menu has none of those of a terminal. */
  readonly keep: Readonly<Record<string, string>>
  readonly platform: NodeJS.Platform
}

/** Names of places and profiles. Credentials never: the file is read by more programs than ssh. */
const kept = [
  ...['AWS_PROFILE', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'],
  // How AWS is reached from here.
  ...['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy', 'NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE'],
  // Of the local target, which the proxy starts when it does not run.
  ...['KIRO_SANDBOX_BASE', 'KIRO_SANDBOX_PYTHON'],
]

/** A proxy may have one in its address. */
const hasPassword = (value: string): boolean => /^[a-z]+:\/\/[^/]*@|^[^/]*:[^/]*@/i.test(value)

/** @param state that of KIRO_SANDBOX_STATE, unless it is where it would be anyway */
export const planKept = (
  environment: Readonly<Record<string, string | undefined>>,
  state: string | undefined,
): Record<string, string> => {
  const found = kept.flatMap((name) => {
    const value = environment[name]
    return value === undefined || value === '' || hasPassword(value) ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(found), ...(state === undefined ? {} : { KIRO_SANDBOX_STATE: state }) }
}

/** Windows has no env; there the variables have to be set for the editor as well. */
const withKept = ({ keep, platform }: Pick<ProxyFacts, 'keep' | 'platform'>): string[] => {
  const words = Object.entries(keep).map(([name, value]) => `${name}=${value}`)
  return words.length === 0 || platform === 'win32' ? [] : ['/usr/bin/env', ...words]
}

export const planProxyWords = (facts: ProxyFacts): string[] => [
  ...withKept(facts),
  ...[facts.node, facts.launcher, 'ssh:proxy', '--user', facts.user, '--key', facts.publicKey],
  ...['--instance', facts.instanceId],
  ...facts.flags,
]

export interface AwsCliFacts extends Pick<ProxyFacts, 'publicKey' | 'keep' | 'platform' | 'instanceId'> {
  readonly region: string
  /** Seconds; a policy that caps it refuses a tunnel that names none. */
  readonly maxSeconds: number
}

/**
 * The same with AWS CLI v2: hand the key over, then become the tunnel. What the first says on stdout would be taken
 * for the server's first words.
 * https://docs.aws.amazon.com/cli/latest/reference/ec2-instance-connect/open-tunnel.html
 */
export const planAwsCliWords = (facts: AwsCliFacts): string[] => {
  if (facts.platform === 'win32')
    throw usageError('--aws-cli needs a Unix shell between ssh and the AWS CLI', 'leave --aws-cli away')
  const common = ['--instance-id', facts.instanceId, '--region', facts.region]
  const aws = (...words: string[]) => ['aws', 'ec2-instance-connect', ...words].map(shellWord).join(' ')
  const push = aws(
    ...['send-ssh-public-key', ...common, '--instance-os-user', names.sandboxUser],
    ...['--ssh-public-key', `file://${facts.publicKey}`],
  )
  const tunnel = aws('open-tunnel', ...common, '--max-tunnel-duration', String(facts.maxSeconds))
  return [...withKept(facts), '/bin/sh', '-c', `${push} </dev/null >/dev/null && exec ${tunnel}`]
}

/** Which of the two a block has. */
export const isAwsCli = (block: string): boolean => block.includes(' ec2-instance-connect open-tunnel ')
