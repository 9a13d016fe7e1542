import type { ResourceChange, StackResourceDrift } from '@aws-sdk/client-cloudformation'

/** One resource of a change set, in what a person has to know of it. */
export interface PlannedChange {
  readonly action: 'add' | 'change' | 'replace' | 'remove' | 'leave' | 'take in' | 'restore'
  readonly resource: string
  readonly type: string
  readonly id: string | undefined
  /** What of it changes, as in "VersioningConfiguration: Suspended -> Enabled". */
  readonly details: readonly string[]
}

const actionOf = ({ Action, Replacement, PolicyAction, ResourceDriftStatus }: ResourceChange) => {
  if (Action === 'Import') return 'take in'
  if (Action === 'Remove') return PolicyAction === 'Retain' ? 'leave' : 'remove'
  if (ResourceDriftStatus === 'DELETED') return 'restore'
  if (Action === 'Add') return 'add'
  return Replacement === 'True' || Replacement === 'Conditional' ? 'replace' : 'change'
}

const short = (value: string | undefined): string => {
  if (value === undefined) return 'nothing'
  return value.length > 60 ? `${value.slice(0, 57)}...` : value
}

export const planChanges = (changes: readonly ResourceChange[]): PlannedChange[] =>
  changes
    // CloudFormation corrects what it remembers and touches nothing.
    .filter(({ Action }) => Action !== 'SyncWithActual')
    .map((change) => ({
      action: actionOf(change),
      resource: change.LogicalResourceId ?? '',
      type: change.ResourceType ?? '',
      id: change.PhysicalResourceId,
      details: (change.Details ?? []).map(({ Target }) => {
        const what = Target?.Name ?? Target?.Attribute ?? 'something'
        const from = Target?.Drift?.ActualValue ?? Target?.BeforeValue
        const both = from ?? Target?.AfterValue
        return both === undefined ? what : `${what}: ${short(from)} -> ${short(Target?.AfterValue)}`
      }),
    }))

const marks: Readonly<Record<PlannedChange['action'], string>> = {
  add: '+',
  change: '~',
  replace: '±',
  remove: '-',
  leave: '=',
  'take in': '<',
  restore: '+',
}

export const renderPlanned = (changes: readonly PlannedChange[]): string =>
  changes
    .flatMap(({ action, resource, type, id, details }) => [
      `${marks[action]} ${action} ${resource} (${type}${id === undefined ? '' : `, ${id}`})`,
      ...details.map((detail) => `    ${detail}`),
    ])
    .join('\n')

export const renderDrifts = (drifts: readonly StackResourceDrift[]): string =>
  drifts
    .flatMap(
      ({ LogicalResourceId, PhysicalResourceId, StackResourceDriftStatus, PropertyDifferences = [] }) => [
        `${LogicalResourceId} (${PhysicalResourceId}) ${StackResourceDriftStatus === 'DELETED' ? 'is gone' : 'was changed by hand'}`,
        ...PropertyDifferences.map(
          ({ PropertyPath, ExpectedValue, ActualValue }) =>
            `    ${PropertyPath?.replace(/^\//, '')}: is ${short(ActualValue)}, should be ${short(ExpectedValue)}`,
        ),
      ],
    )
    .join('\n')
