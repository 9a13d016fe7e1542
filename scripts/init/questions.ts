import { listNetworkChoices } from '../../config/network-cost.ts'
import { localAccountId } from '../../config/pins.ts'
import { planNetworkSpec } from '../../config/plan-specs.ts'
import { renderDollars } from '../../config/prices.ts'
import type { Settings } from '../../config/settings.ts'
import { UserError } from '../../config/user-error.ts'
import type { Io } from '../cli/io.ts'
import { listGroups, listSubnets, listVpcs, type SubnetChoice } from './find-choices.ts'
import type { Caller, Profile } from './look.ts'
import { askText, choose, chooseSome } from './menu.ts'
import { refusals, type Wishes } from './wishes.ts'

export const askTarget = (io: Io, normal: 'local' | 'aws'): Promise<'local' | 'aws'> =>
  choose(
    io,
    'Where shall sandboxes be?',
    [
      {
        value: 'local',
        says: 'local  an emulated AWS on this computer; nothing to pay, nothing to log in to',
      },
      { value: 'aws', says: 'aws    a real account' },
    ],
    normal,
  )

export const askRegion = (io: Io, normal: string): Promise<string> =>
  askText(io, 'Region?', normal, refusals.region)

/** The account of the credentials at hand is offered, and nothing else is believed without being typed. */
export const askAccount = (io: Io, caller: Caller | undefined): Promise<string> => {
  if (caller !== undefined) io.story.say(`You are ${caller.arn}`)
  return askText(io, 'The only account that may be touched?', caller?.accountId, refusals.account)
}

const whatItIs: Readonly<Record<string, string>> = {
  'managed locked': 'a VPC of its own; AWS alone is reached, so Kiro cannot log in',
  'managed balanced': 'a VPC of its own; HTTPS to what Kiro, AWS, npm and GitHub need',
  'managed open': 'a VPC of its own; anything is reached',
  existing: 'a VPC that is there',
  simple: 'one subnet and one security group that are there',
}

type NetworkWish = Pick<Wishes, 'network' | 'egress'>

/** @param vpcs how many there are to choose from; undefined: nobody could look */
export const askNetwork = async (
  io: Io,
  settings: Settings,
  vpcs: number | undefined,
): Promise<NetworkWish> => {
  const spec = planNetworkSpec(settings, settings.accountId ?? localAccountId)
  const { endpoints } = settings.network
  const found = listNetworkChoices(spec, endpoints)
  const price = (monthly: number | undefined) =>
    monthly === undefined ? 'no price known' : `${renderDollars(monthly)} a month`
  const managed = found.filter(({ mode }) => mode === 'managed')
  const options = [
    ...managed.map(({ mode, egress, monthly }) => ({
      value: `${mode} ${egress}`,
      says: `${`${mode}, ${egress}`.padEnd(18)} ${whatItIs[`${mode} ${egress}`]} (${price(monthly)})`,
    })),
    ...(['existing', 'simple'] as const).map((mode) => ({
      value: mode,
      says: `${mode.padEnd(18)} ${whatItIs[mode]}${vpcs === undefined ? '' : `; found ${vpcs}`}`,
    })),
  ].filter(({ value }) => vpcs !== 0 || value.startsWith('managed'))
  const { mode, egress } = settings.network
  const now = mode === 'managed' ? `${mode} ${egress}` : mode
  const chosen = await choose(io, 'Which network?', options, now)
  const [network, reached] = chosen.split(' ') as [Wishes['network'], Wishes['egress']]
  if (network !== 'existing') return { network, egress: reached }
  return {
    network,
    egress: await choose(
      io,
      'What shall sandboxes reach?',
      [
        { value: 'open', says: 'open      anything that the VPC leads to' },
        {
          value: 'balanced',
          says: 'balanced  HTTPS to a list of names; its DNS firewall holds for the whole VPC',
        },
        { value: 'locked', says: 'locked    AWS alone, through the endpoints of the VPC' },
      ] as const,
      'open',
    ),
  }
}

const leads = ({ routes }: SubnetChoice): string =>
  routes.includes('nat')
    ? 'by a NAT gateway to the internet'
    : routes.includes('elsewhere')
      ? 'elsewhere'
      : routes.includes('internet gateway')
        ? 'public, of no use: sandboxes have no public address'
        : 'nowhere but into the VPC'

const isGood = ({ routes }: SubnetChoice): boolean => routes.includes('nat') || routes.includes('elsewhere')

/** VPC, subnets and group, from lists of what there is. */
export const askPlace = async (io: Io, wishes: Wishes, { sdk }: Caller): Promise<Wishes> => {
  const vpcs = await listVpcs(sdk)
  if (vpcs.length === 0)
    throw new UserError(`there is no VPC in ${sdk.region}`, { hint: 'npm run init -- --network managed' })
  const vpcId =
    wishes.vpcId ??
    (await choose(
      io,
      'Which VPC?',
      vpcs.map(({ id, name, cidr, isDefault }) => ({
        value: id,
        says: `${id}  ${cidr}  ${name}${isDefault ? ' (default)' : ''}`.trimEnd(),
      })),
      vpcs[0]?.id ?? '',
    ))
  const subnets = wishes.subnetIds.length > 0 ? [] : await listSubnets(sdk, vpcId)
  if (wishes.subnetIds.length === 0 && subnets.length === 0)
    throw new UserError(`${vpcId} has no subnets`, { hint: 'take another VPC' })
  const options = subnets.map((subnet) => ({
    value: subnet.id,
    says: `${subnet.id}  ${subnet.zone}  ${leads(subnet)}  ${subnet.name}`.trimEnd(),
  }))
  const good = subnets.filter(isGood).map(({ id }) => id)
  if (wishes.network === 'existing')
    return {
      ...{ ...wishes, vpcId },
      subnetIds:
        options.length === 0
          ? wishes.subnetIds
          : await chooseSome(io, 'Which subnets shall sandboxes be placed in?', options, good),
    }
  const subnetId =
    wishes.subnetIds[0] ?? (await choose(io, 'Which subnet?', options, good[0] ?? options[0]?.value ?? ''))
  const groups = wishes.groupId === undefined ? await listGroups(sdk, vpcId) : []
  const groupId =
    wishes.groupId ??
    (await choose(
      io,
      'Which security group?',
      groups.map(({ id, name }) => ({ value: id, says: `${id}  ${name}` })),
      groups[0]?.id ?? '',
    ))
  return { ...wishes, subnetIds: [subnetId], groupId }
}

/** What ~/.aws/config knows is offered. A URL is no secret; tokens are never asked for. */
export const askLogin = async (
  io: Io,
  { startUrl, loginRegion }: Profile,
): Promise<Pick<Wishes, 'startUrl' | 'loginRegion'>> => {
  io.story.say('')
  const url = await askText(
    io,
    'Start URL of IAM Identity Center to log in to Kiro with, or none for AWS Builder ID?',
    startUrl ?? '',
    refusals.startUrl,
  )
  if (url === '' || url === 'none') return { startUrl: undefined, loginRegion: undefined }
  return {
    startUrl: url,
    loginRegion: await askText(io, 'Its region?', loginRegion ?? 'us-east-1', refusals.region),
  }
}
