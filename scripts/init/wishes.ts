import { identityCenter } from '../../config/laptop.ts'
import type { Egress, NetworkMode } from '../../config/network.ts'
import { regionSchema } from '../../config/settings.ts'
import { usageError } from '../../config/user-error.ts'
import { printable } from '../../config/user-name.ts'

/** What somebody has said, by flags or by answers. undefined: nothing yet. */
export interface Wishes {
  readonly target: 'local' | 'aws' | undefined
  readonly accountId: string | undefined
  readonly region: string | undefined
  readonly network: NetworkMode | undefined
  readonly egress: Egress | undefined
  readonly vpcId: string | undefined
  readonly subnetIds: readonly string[]
  readonly groupId: string | undefined
  readonly startUrl: string | undefined
  readonly loginRegion: string | undefined
}

export interface InitFlags {
  readonly target: string | undefined
  readonly account: string | undefined
  readonly region: string | undefined
  readonly network: string | undefined
  readonly egress: string | undefined
  readonly vpc: string | undefined
  readonly subnet: readonly string[]
  readonly group: string | undefined
  readonly loginUrl: string | undefined
  readonly loginRegion: string | undefined
  readonly config: string | undefined
  readonly plan: boolean
  readonly json: boolean
  readonly yes: boolean
}

/** Why a typed value is none; undefined: it is one. Flags and questions ask the same. */
export const refusals = {
  account: (text: string) => (/^\d{12}$/.test(text) ? undefined : 'an AWS account has 12 digits'),
  region: (text: string) =>
    regionSchema.safeParse(text).success ? undefined : 'it is a commercial AWS region such as us-west-2',
  startUrl: (text: string) =>
    identityCenter.startUrl.safeParse(text).success
      ? undefined
      : 'it is a start URL such as https://acme.awsapps.com/start',
  id: (kind: 'vpc' | 'subnet' | 'sg') => (text: string) =>
    new RegExp(`^${kind}-[0-9a-f]{8,17}$`).test(text)
      ? undefined
      : `an id looks like ${kind}-0123456789abcdef0`,
} as const

const check = (
  flag: string,
  text: string | undefined,
  refuse: (text: string) => string | undefined,
): void => {
  const why = text === undefined ? undefined : refuse(text)
  if (why !== undefined)
    throw usageError(`--${flag} "${printable(text ?? '')}": ${why}`, 'npm run init -- --help')
}

const checkValues = (flags: InitFlags): void => {
  check('account', flags.account, refusals.account)
  check('region', flags.region, refusals.region)
  check('vpc', flags.vpc, refusals.id('vpc'))
  for (const subnet of flags.subnet) check('subnet', subnet, refusals.id('subnet'))
  check('group', flags.group, refusals.id('sg'))
  check('login-url', flags.loginUrl, refusals.startUrl)
  check('login-region', flags.loginRegion, refusals.region)
}

/** What a flag is for, where it makes no sense without that. */
const checkCompany = (flags: InitFlags): void => {
  const { network } = flags
  const only = (flag: string, given: boolean, fits: boolean, what: string) => {
    if (given && !fits) throw usageError(`--${flag} is for ${what}`, `add ${what}, or leave --${flag} out`)
  }
  only('account', flags.account !== undefined, flags.target === 'aws', '--target aws')
  only('vpc', flags.vpc !== undefined, network === 'existing', '--network existing')
  only('group', flags.group !== undefined, network === 'simple', '--network simple')
  only(
    'subnet',
    flags.subnet.length > 0,
    network === 'existing' || network === 'simple',
    '--network existing',
  )
  if (flags.egress !== undefined && network === 'simple')
    throw usageError(
      '--egress means nothing in --network simple: its security group decides',
      'leave --egress out',
    )
  if (network === 'simple' && flags.subnet.length > 1)
    throw usageError('--network simple has one --subnet', 'take --network existing for several')
  if ((flags.loginUrl === undefined) !== (flags.loginRegion === undefined))
    throw usageError('--login-url and --login-region belong together', 'give both, or neither')
}

export const parseWishes = (flags: InitFlags): Wishes => {
  checkValues(flags)
  checkCompany(flags)
  return {
    target: flags.target as Wishes['target'],
    accountId: flags.account,
    region: flags.region,
    network: flags.network as Wishes['network'],
    egress: flags.egress as Wishes['egress'],
    vpcId: flags.vpc,
    subnetIds: [...new Set(flags.subnet)],
    groupId: flags.group,
    startUrl: flags.loginUrl,
    loginRegion: flags.loginRegion,
  }
}
