import type { NetworkSpec } from '../../config/spec.ts'
import { UserError } from '../../config/user-error.ts'

type Place = Pick<NetworkSpec, 'mode' | 'cidr' | 'subnets' | 'existing' | 'simple'>

/** What our own machines stand in: the subnets of the last run, and the engineers in each. */
export interface InUse {
  readonly subnetIds: readonly string[]
  readonly machines: readonly { readonly user: string; readonly subnetId: string | undefined }[]
}

export interface Move {
  /** Settings that differ, as `network.mode is managed there and existing in the settings`. */
  readonly reason: string
  readonly subnetIds: readonly string[]
  /** Whoever has a machine in what would go. */
  readonly users: readonly string[]
}

const differs = (setting: string, there: unknown, wanted: unknown): string[] =>
  there === wanted ? [] : [`network.${setting} is ${there} there and ${wanted} in the settings`]

/** Why subnets, or the groups in them, cannot stay: EC2 refuses to delete either while a machine is in it. */
const listReasons = (before: Place, after: Place): string[] => {
  const mode = differs('mode', before.mode, after.mode)
  if (mode.length > 0) return mode
  if (after.mode === 'managed') return differs('cidr', before.cidr, after.cidr)
  return differs('existing.vpcId', before.existing?.vpcId, after.existing?.vpcId)
}

/**
 * What a change of settings would pull from under machines. undefined: nothing. In mode simple nothing is ours;
 * machines that move are replaced, and `up` asks before that.
 */
export const decideMove = (before: Place | undefined, after: Place, inUse: InUse): Move | undefined => {
  if (before === undefined || before.mode === 'simple') return undefined
  const reasons = listReasons(before, after)
  const fewer = after.mode === 'managed' ? inUse.subnetIds.slice(after.subnets) : []
  if (reasons.length === 0 && fewer.length === 0) return undefined
  const going = reasons.length > 0 ? inUse.subnetIds : fewer
  const users = inUse.machines
    .filter(({ subnetId }) => subnetId !== undefined && going.includes(subnetId))
    .map(({ user }) => user)
  const reason =
    reasons[0] ?? `network.subnets is ${before.subnets} there and ${after.subnets} in the settings`
  return { reason, subnetIds: going, users: [...new Set(users)].sort() }
}

export const renderMove = ({ reason, subnetIds, users }: Move): string => {
  const standing = users.length === 0 ? '' : `, in which the sandboxes of ${users.join(', ')} stand`
  return `${reason}; it would leave ${subnetIds.join(', ')}${standing}`
}

export const refuseMove = (move: Move): UserError =>
  new UserError(`the network cannot be changed while it is in use: ${renderMove(move)}`, {
    hint: `put that setting back, or first: npm run sandbox:down -- ${move.users.map((user) => `--user ${user}`).join(' ')}`,
  })
