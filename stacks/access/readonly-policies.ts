import type { AccessSpec, ReadonlyGroup } from '../../config/access.ts'
import { usageError } from '../../config/user-error.ts'
import { compileActions } from '../../iam/actions.ts'
import { deniedReads } from './denied-reads.ts'
import expansions from './denied-reads-expansions.json' with { type: 'json' }
import { type PolicyDocument, policy, type Statement } from './policy.ts'

type ReadonlyAccess = AccessSpec['readonly']

const known: Readonly<Record<string, readonly string[]>> = expansions

/** A pattern with the allowed actions taken out: by name, from the actions it stands for today. */
const without = (pattern: string, allow: readonly string[]): readonly string[] => {
  const covers = compileActions([pattern])
  if (!allow.some((action) => covers(action.toLowerCase()))) return [pattern]
  if (!pattern.includes('*')) return []
  const taken = compileActions(allow)
  return (known[pattern] ?? []).filter((action) => !taken(action.toLowerCase()))
}

const actionsOf = (group: ReadonlyGroup, { deny, allow }: ReadonlyAccess): readonly string[] =>
  deny.includes(group) ? deniedReads[group].flatMap((pattern) => without(pattern, allow)) : []

/** Allowing what nobody denies would be a setting that does nothing, most likely a slip of the finger. */
const refuseIdle = ({ allow, deny }: ReadonlyAccess): void => {
  const covers = compileActions(deny.flatMap((group) => deniedReads[group]))
  for (const action of allow)
    if (!covers(action.toLowerCase()))
      throw usageError(
        `access.readonly.allow has ${action}, which no denied group covers`,
        'leave it out, or look at its spelling in stacks/access/denied-reads.ts',
      )
}

const denial = (Sid: string, Action: readonly string[], rest: Partial<Statement> = { Resource: '*' }) =>
  Action.length === 0 ? [] : [{ Sid, Effect: 'Deny', Action, ...rest } as const]

const bucketObjects = ({ readBuckets }: ReadonlyAccess): Partial<Statement> =>
  readBuckets.length === 0
    ? { Resource: '*' }
    : { NotResource: readBuckets.map((bucket) => `arn:aws:s3:::${bucket}/*`) }

const secrets = (access: ReadonlyAccess): readonly Statement[] => [
  ...denial('Credentials', actionsOf('credentials', access)),
  ...denial('ConfigWithSecrets', actionsOf('configuration', access)),
  ...denial('Parameters', actionsOf('parameters', access), {
    NotResource: 'arn:aws:ssm:*::parameter/aws/service/*',
  }),
  ...denial('ApiKeys', access.deny.includes('credentials') ? ['apigateway:GET'] : [], {
    Resource: ['arn:aws:apigateway:*::/apikeys*', 'arn:aws:apigateway:*::/usageplans/*/keys*'],
  }),
]

const data = (access: ReadonlyAccess): readonly Statement[] => [
  ...denial('Objects', actionsOf('objects', access), bucketObjects(access)),
  ...denial('Databases', actionsOf('databases', access)),
  ...denial('Streams', actionsOf('streams', access)),
  ...denial('Code', actionsOf('code', access)),
  ...denial('People', actionsOf('people', access)),
  ...denial('Logs', actionsOf('logs', access)),
]

/** By the end of their names; a document without a statement is no policy, so there may be none at all. */
export const readonlyPolicies = (access: ReadonlyAccess): readonly (readonly [string, PolicyDocument])[] => {
  refuseIdle(access)
  return (
    [
      ['deny-secrets', secrets(access)],
      ['deny-data', data(access)],
    ] as const
  )
    .filter(([, statements]) => statements.length > 0)
    .map(([name, statements]) => [name, policy(...statements)] as const)
}
