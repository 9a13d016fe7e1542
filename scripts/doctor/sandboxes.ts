import { isDeepStrictEqual } from 'node:util'
import { type Finding, fine, note, wrong } from '../../config/finding.ts'
import { names } from '../../config/names.ts'
import { type NetworkOutputs, planSandboxSpec } from '../../config/plan-specs.ts'
import type { Settings } from '../../config/settings.ts'
import { type SandboxSpec, sandboxSpecSchema } from '../../config/spec.ts'
import type { UserName } from '../../config/user-name.ts'
import { type AgentState, findAgent } from '../aws/agent.ts'
import { findElevatedRole } from '../elevation/role.ts'
import { decideWindowState, type WindowState } from '../elevation/window.ts'
import { readAliases } from '../image/alias.ts'
import { decideDrift, findFacts } from '../sandbox/facts.ts'
import { parseNetworkOutputs } from '../sandbox/network.ts'
import type { Ground } from './ground.ts'

export interface SandboxHealth {
  readonly user: UserName
  readonly machines: readonly { readonly instanceId: string; readonly state: string }[]
  /** Of the last finished run. */
  readonly spec: SandboxSpec | undefined
  /** As today's settings would have it. */
  readonly wanted: SandboxSpec | undefined
  readonly drift: readonly string[]
  /** undefined: not asked, because nothing runs. */
  readonly agent: AgentState | undefined
  readonly window: WindowState | undefined
  /** The image that new sandboxes boot from. */
  readonly current: string | undefined
}

/** `instance.type is t4g.medium, the settings say t4g.large`, one for each setting. */
export const listDifferences = (is: unknown, wanted: unknown, path = ''): string[] => {
  if (isDeepStrictEqual(is, wanted)) return []
  const open = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  if (open(is) && open(wanted))
    return [...new Set([...Object.keys(is), ...Object.keys(wanted)])].flatMap((key) =>
      listDifferences(is[key], wanted[key], path === '' ? key : `${path}.${key}`),
    )
  const shown = (value: unknown) => (value === undefined ? 'not set' : JSON.stringify(value))
  return [`${path} is ${shown(is)}, the settings say ${shown(wanted)}`]
}

const decideMachine = ({ user, machines, agent }: SandboxHealth): Finding[] => {
  const up = `npm run sandbox:up -- --user ${user}`
  if (machines.length > 1) {
    const ids = machines.map(({ instanceId }) => instanceId).join(', ')
    return [
      wrong(user, `has ${machines.length} machines: ${ids}`, 'terminate the one that is not the sandbox'),
    ]
  }
  if (agent === 'offline')
    return [
      wrong(
        user,
        `${machines[0]?.instanceId} runs, but its SSM agent does not report: no session can start`,
        `aws ec2 reboot-instances --instance-ids ${machines[0]?.instanceId}; does its subnet reach the ssm endpoints?`,
      ),
    ]
  return machines[0]?.state === 'stopped' ? [note(user, 'is stopped; ssm:connect starts it', up)] : []
}

const decideAge = ({ user, spec, wanted, current }: SandboxHealth): Finding[] => {
  const differences = spec === undefined || wanted === undefined ? [] : listDifferences(spec, wanted)
  return [
    ...differences.map((text) => note(user, text, `npm run sandbox:up -- --user ${user}`)),
    ...(spec?.image.kind === 'golden' && current !== undefined && spec.image.id !== current
      ? [
          note(
            user,
            `runs from ${spec.image.id}; new sandboxes boot from ${current}`,
            `npm run sandbox:down -- --user ${user}, then sandbox:up (its disk is lost)`,
          ),
        ]
      : []),
  ]
}

export const decideSandbox = (health: SandboxHealth): Finding[] => {
  const { user, drift, window } = health
  const findings = [
    ...decideMachine(health),
    ...drift.map((text) => wrong(user, `has drifted: ${text}`, `npm run sandbox:up -- --user ${user}`)),
    ...decideAge(health),
    ...(window?.kind === 'open'
      ? [
          note(
            user,
            `may change AWS until ${window.until}`,
            `npm run sandbox:deescalate -- --user ${user} closes it now`,
          ),
        ]
      : []),
    ...(window?.kind === 'unknown'
      ? [
          wrong(
            user,
            `has a policy ${names.elevationWindow} that is none of ours`,
            `npm run sandbox:deescalate -- --user ${user}`,
          ),
        ]
      : []),
  ]
  const [machine] = health.machines
  return findings.length > 0
    ? findings
    : [fine(user, `${machine?.instanceId ?? 'no machine'}, ${machine?.state ?? ''}, as it was made`)]
}

const planWanted = (
  settings: Settings,
  accountId: string,
  spec: SandboxSpec,
  network: NetworkOutputs | undefined,
): SandboxSpec | undefined =>
  network === undefined
    ? undefined
    : planSandboxSpec(settings, accountId, { user: spec.user, image: spec.image, network, previous: spec })

/** A role that is gone has no window, and drift says that it is gone. */
const findWindow = async (
  { target }: Ground['context'],
  user: UserName,
): Promise<WindowState | undefined> => {
  const { document, now } = await findElevatedRole(target, user)
  return decideWindowState(document, now)
}

const findSandbox = async (ground: Ground, user: UserName): Promise<SandboxHealth> => {
  const { context } = ground
  const { settings, target } = context
  const [all, record, network, aliases] = await Promise.all([
    ground.machines(),
    ground.record(names.sandboxStack(user)),
    ground.record(names.networkStack),
    readAliases(target.sdk, settings.environment),
  ])
  const machines = all.filter((one) => one.user === user && one.state !== 'shutting-down')
  const spec = sandboxSpecSchema.safeParse(record?.spec).data
  const [machine] = machines
  const outputs = network === undefined ? undefined : parseNetworkOutputs(network.outputs)
  const facts = spec === undefined || machines.length > 1 ? undefined : await findFacts(target, spec)
  const elevatable = facts !== undefined && !facts.missingRoles.includes(names.elevatedRole(user))
  const [agent, window] = await Promise.all([
    machines.length === 1 && machine?.state === 'running'
      ? findAgent(target.sdk, machine.instanceId)
      : undefined,
    elevatable ? findWindow(context, user) : undefined,
  ])
  return {
    ...{ user, machines, spec, window, agent: agent?.state, current: aliases.current?.imageId },
    wanted: spec === undefined ? undefined : planWanted(settings, target.accountId, spec, outputs),
    drift: spec === undefined || facts === undefined ? [] : decideDrift(spec, facts),
  }
}

export const findSandboxes = async (ground: Ground): Promise<SandboxHealth[]> =>
  Promise.all((await ground.users()).map((user) => findSandbox(ground, user)))
