import { names } from '../../config/names.ts'
import { egressRights } from './operator/egress.ts'
import { groundRights } from './operator/ground.ts'
import { machinesRights } from './operator/machines.ts'
import { networkRights } from './operator/network.ts'
import { rolesRights } from './operator/roles.ts'
import type { OperatorScope } from './operator/scope.ts'
import { stateRights } from './operator/state.ts'
import { type PolicyDocument, policy, type Statement } from './policy.ts'

interface Part {
  /** Commands that stand on it. */
  readonly for: string
  readonly rights: (scope: OperatorScope) => readonly Statement[]
}

/**
 * Whoever runs the commands of this project, by what they work on; each part is a managed policy of its own. A command
 * that needs more gets it here: in the part of its thing, or in a new part when that one is full.
 *
 * Not here, on purpose: sessions and tunnels into sandboxes (the engineers' own policy), and what watches or outranks
 * the operator: permission sets, alerts, these very policies.
 */
export const operatorParts = {
  ground: { for: 'every command: looking, image aliases, Run Command, audit', rights: groundRights },
  state: { for: 'every command: the bucket of Terraform states, bootstrap', rights: stateRights },
  network: { for: 'sandbox:up, sandbox:down, image:build', rights: networkRights },
  egress: { for: 'sandbox:up, sandbox:down with network.egress or network.flowLogs', rights: egressRights },
  roles: { for: 'sandbox:up, sandbox:down, sandbox:elevate', rights: rolesRights },
  machines: { for: 'sandbox:*, image:*', rights: machinesRights },
} as const satisfies Readonly<Record<string, Part>>

export type OperatorPart = keyof typeof operatorParts

/** By the name of the managed policy. */
export const operatorPolicies = (scope: OperatorScope): Readonly<Record<string, PolicyDocument>> =>
  Object.fromEntries(
    Object.entries<Part>(operatorParts).map(([part, { rights }]) => [
      names.operatorPolicy(part, scope.region),
      policy(...rights(scope)),
    ]),
  )
