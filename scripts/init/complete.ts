import type { Paths } from '../../config/paths.ts'
import type { Settings } from '../../config/settings.ts'
import type { Io } from '../cli/io.ts'
import { listVpcs } from './find-choices.ts'
import { type Caller, findAwsCaller, findLocalCaller, findProfile } from './look.ts'
import { askAccount, askLogin, askNetwork, askPlace, askRegion, askTarget } from './questions.ts'
import type { Wishes } from './wishes.ts'

export interface Completion {
  readonly wishes: Wishes
  /** undefined: nobody could look at what is there. */
  readonly caller: Caller | undefined
}

export interface Around {
  /** Of the file that is there, or the defaults. */
  readonly settings: Settings
  /** A file is there, so its answers are given already unless they are asked about. */
  readonly known: boolean
  readonly paths: Paths
  readonly io: Io
  /** Somebody is there to answer. */
  readonly asks: boolean
  readonly yes: boolean
}

const inVpc = ({ network }: Wishes): boolean => network === 'existing' || network === 'simple'

const completeLocal = async (wishes: Wishes, around: Around): Promise<Completion> => {
  const caller = await findLocalCaller(around, inVpc(wishes))
  if (!around.asks || caller === undefined || !inVpc(wishes)) return { wishes, caller }
  return { wishes: await askPlace(around.io, wishes, caller), caller }
}

const accountOf = async (
  wishes: Wishes,
  { io, asks, settings }: Around,
  caller: Caller | undefined,
): Promise<string | undefined> => {
  if (wishes.accountId !== undefined) return wishes.accountId
  if (asks) return askAccount(io, caller)
  return settings.accountId ?? caller?.accountId
}

const networkOf = async (wishes: Wishes, around: Around, caller: Caller | undefined): Promise<Wishes> => {
  if (!around.asks) return wishes
  const vpcs = caller === undefined ? undefined : (await listVpcs(caller.sdk)).length
  const region = wishes.region ?? around.settings.region
  const { network } = around.settings
  // A network that Kiro cannot log in from is nothing to begin with.
  const offered = around.known ? network : { ...network, egress: 'balanced' as const }
  const settings = { ...around.settings, region, network: offered }
  const wished =
    wishes.network !== undefined ? wishes : { ...wishes, ...(await askNetwork(around.io, settings, vpcs)) }
  return inVpc(wished) && caller !== undefined ? askPlace(around.io, wished, caller) : wished
}

const completeAws = async (wishes: Wishes, around: Around): Promise<Completion> => {
  const { io, asks, settings, known } = around
  const profile = await findProfile(process.env)
  const normal = known ? settings.region : (profile.region ?? settings.region)
  const region = wishes.region ?? (asks ? await askRegion(io, normal) : normal)
  const found = await findAwsCaller(region, io)
  const accountId = await accountOf(wishes, around, found)
  const other = found !== undefined && accountId !== undefined && found.accountId !== accountId
  if (other)
    io.story.warn(
      `the credentials are for account ${found.accountId}, so nothing of ${accountId} could be looked at`,
    )
  const caller = other ? undefined : found
  const placed = await networkOf({ ...wishes, region, accountId }, around, caller)
  const login =
    asks && placed.startUrl === undefined && settings.login.startUrl === undefined
      ? await askLogin(io, profile)
      : {}
  return { wishes: { ...placed, ...login }, caller }
}

/** Looks first, then asks what is left. */
export const completeWishes = async (wishes: Wishes, around: Around): Promise<Completion> => {
  const { settings, io, asks } = around
  const target = wishes.target ?? (asks ? await askTarget(io, settings.target) : settings.target)
  return target === 'local'
    ? completeLocal({ ...wishes, target }, around)
    : completeAws({ ...wishes, target }, around)
}
