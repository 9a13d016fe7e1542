import type { StackResourceDrift } from '@aws-sdk/client-cloudformation'
import { names } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { renderDrifts } from '../bootstrap/render.ts'
import type { Journal } from './journal.ts'
import type { PlanJudgement } from './judge-plan.ts'
import { planStrip } from './roles.ts'

const words = {
  import: 'becomes part of the sandbox',
  replace: 'goes with the stack; the sandbox has one of its own',
  leave: 'stays as it is, and belongs to no stack then',
} as const

const renderStay = ({ machine }: Journal): string[] => [
  `  ${machine.type}, ${machine.imageId}, ${machine.root.sizeGiB} GiB ${machine.root.encrypted ? 'encrypted' : 'not encrypted'}${machine.publicAddress ? ', with a public address' : ''}: only a new machine could have others`,
  `  network   ${machine.subnetId}, ${machine.securityGroupId}`,
]

const renderLoss = (journal: Journal): string[] =>
  planStrip(
    journal.roles,
    journal.imports.concat(
      journal.roles.map(({ name }) => ({ to: '', id: `${name}/arn:aws:iam::aws:policy/ReadOnlyAccess` })),
    ),
  ).flatMap(({ role, inline, attached }) =>
    [...attached, ...inline].map((policy) => `  ${role}  loses ${policy.split('/').at(-1)}`),
  )

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines]

/** What a takeover would do, for people. */
export const renderAdoption = (
  journal: Journal,
  { improvements, refused }: PlanJudgement,
  drifts: readonly StackResourceDrift[],
): string => {
  const { stack, user, machine, resources } = journal
  const { access } = journal.spec as SandboxSpec
  return [
    `${stack} becomes ${names.sandboxStack(user)}: ${machine.instanceId} is neither replaced nor stopped`,
    ...section(
      'resources',
      resources.map(
        ({ logicalId, physicalId, fate }) => `  ${logicalId.padEnd(16)}${physicalId}  ${words[fate]}`,
      ),
    ),
    ...section(
      'not as the template says; undo brings back what was found, not what it says',
      drifts.length === 0
        ? []
        : renderDrifts(drifts)
            .split('\n')
            .map((line) => `  ${line}`),
    ),
    ...section('stays', renderStay(journal)),
    ...section(
      'improves',
      improvements.map((line) => `  ${line}`),
    ),
    ...section('goes', renderLoss(journal)),
    ...(access.binding.mode === 'none'
      ? ['', 'Not bound to a network: its own has no STS endpoint. Roles still answer this one machine only.']
      : []),
    ...section(
      'stands in the way',
      refused.map((line) => `  ${line}`),
    ),
  ].join('\n')
}
