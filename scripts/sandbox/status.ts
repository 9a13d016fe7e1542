import { names } from '../../config/names.ts'
import { parseSandboxSpec } from '../../config/spec.ts'
import type { UserName } from '../../config/user-name.ts'
import { type Agent, type AgentState, findAgent } from '../aws/agent.ts'
import { findMachine, type SandboxMachine } from '../aws/instances.ts'
import type { StateLock } from '../aws/state.ts'
import { renderAge } from '../terraform/failure.ts'
import type { Context } from './context.ts'
import { decideDrift, findFacts } from './facts.ts'

export interface SandboxStatus {
  readonly user: UserName
  readonly machine: SandboxMachine | undefined
  readonly agent: Agent | undefined
  /** ISO 8601; undefined while no run has finished. */
  readonly appliedAt: string | undefined
  readonly drift: readonly string[]
  readonly lock: StateLock | undefined
  readonly next: string
}

const nextCommand = (
  user: UserName,
  machine: SandboxMachine | undefined,
  sound: boolean,
  lock: StateLock | undefined,
): string => {
  if (lock !== undefined) return 'wait for the run that holds the lock'
  if (machine === undefined || !sound || machine.state === 'stopped')
    return `npm run sandbox:up -- --user ${user}`
  return `npm run sandbox:down -- --user ${user}`
}

/** Everything AWS and the state know of one sandbox; reads only. */
export const findStatus = async (context: Context, user: UserName): Promise<SandboxStatus> => {
  const stack = names.sandboxStack(user)
  const [machine, record, lock] = await Promise.all([
    findMachine(context.target.sdk, user),
    context.store.findRecord(stack),
    context.store.findLock(stack),
  ])
  const spec = parseSandboxSpec(record?.spec, stack)
  const drift = spec === undefined ? [] : decideDrift(spec, await findFacts(context.target, spec))
  const agent =
    machine?.state === 'running' ? await findAgent(context.target.sdk, machine.instanceId) : undefined
  return {
    user,
    machine,
    agent,
    appliedAt: record?.appliedAt,
    drift,
    lock,
    next: nextCommand(user, machine, record !== undefined && drift.length === 0, lock),
  }
}

const agentWords: Readonly<Record<AgentState, string>> = {
  online: 'online',
  offline: 'not reporting',
  unsupported: 'this AWS runs no machines (npm run local:up says why)',
}

const renderAgent = ({ state, platform }: Agent): string =>
  platform === undefined ? agentWords[state] : `${agentWords[state]}, ${platform}`

export const renderStatus = (
  { user, machine, agent, appliedAt, drift, lock, next }: SandboxStatus,
  now: number,
): string => {
  if (machine === undefined && appliedAt === undefined) return `${user}: no sandbox\n  next      ${next}`
  const rows: [string, string][] = [
    ['instance', machine === undefined ? 'gone' : `${machine.instanceId}  ${machine.state}  ${machine.type}`],
    ['image', machine === undefined ? '-' : `${machine.imageId} (${machine.image})`],
    [
      'address',
      `${machine?.privateIp ?? '-'}, ${machine?.publicIp === undefined ? 'no public one' : `public ${machine.publicIp}`}`,
    ],
    ['agent', agent === undefined ? '-' : renderAgent(agent)],
    [
      'settings',
      appliedAt === undefined ? 'never applied to the end' : `applied ${renderAge(appliedAt, now)}`,
    ],
    ['drift', drift.length === 0 ? 'none' : drift.join(', ')],
    ...(lock === undefined
      ? []
      : ([['locked', `by ${lock.who} ${renderAge(lock.created, now)}`]] as [string, string][])),
    ['next', next],
  ]
  return [`${user}`, ...rows.map(([label, value]) => `  ${label.padEnd(10)}${value}`)].join('\n')
}
