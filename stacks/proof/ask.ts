import type { readonlyGroups } from '../../config/access.ts'
import { compileActions } from '../../iam/actions.ts'
import type { ContextValues } from '../../iam/context.ts'
import { evaluate, type Request, type Verdict } from '../../iam/evaluate.ts'
import { documentsOf, findCaller, policiesOf } from './callers.ts'
import type { Row } from './row.ts'
import { nameThings } from './things.ts'
import { documentName, type World } from './world.ts'

/** A row as a question to an evaluator: any evaluator, so documents are named, not compiled. */
export interface Question {
  readonly request: Request
  readonly identity: readonly string[]
  readonly boundary: string | undefined
  /** Given to AssumeRole. */
  readonly session: string | undefined
  /** The trust policy of the role that is to be assumed, the policy of the key that is used. */
  readonly resource: string | undefined
}

const named = (keys: ContextValues, name: (text: string) => string): ContextValues =>
  Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [
      key,
      value === undefined ? undefined : typeof value === 'string' ? name(value) : value.map(name),
    ]),
  )

const policyOfResource = ({ roles }: World, action: string, resource: string): string | undefined => {
  if (action.startsWith('kms:') && resource.includes(':key/')) return documentName.key
  const role =
    /^sts:(AssumeRole|TagSession)$/.test(action) && [...roles.values()].find(({ arn }) => arn === resource)
  return role && role.trust !== undefined ? documentName.trust(role.name) : undefined
}

export const planQuestion = (world: World, row: Row): Question => {
  const name = nameThings(world)
  const { keys = {}, window = 'open', as } = row.circumstance
  const caller = findCaller(world, row.who, as && (named(as, name) as typeof as))
  const resource = name(row.resource)
  return {
    request: {
      caller: caller.caller,
      action: row.action,
      resource,
      context: {
        ...caller.context,
        ...(row.action === 'sts:AssumeRole' ? { 'sts:RoleSessionName': world.spec.user } : {}),
        ...named(keys, name),
      },
    },
    ...documentsOf(world, row.who, caller.caller, window),
    resource: policyOfResource(world, row.action, resource),
  }
}

export const answer = (world: World, question: Question): Verdict => {
  const resource = question.resource === undefined ? undefined : world.policies.get(question.resource)
  return evaluate(
    { ...policiesOf(world, question), ...(resource === undefined ? {} : { resource }) },
    question.request,
  )
}

/** Statements that a setting takes away altogether. */
const groupOf: Readonly<Record<string, (typeof readonlyGroups)[number]>> = {
  Credentials: 'credentials',
  ConfigWithSecrets: 'configuration',
  Parameters: 'parameters',
  ApiKeys: 'credentials',
  Objects: 'objects',
  Databases: 'databases',
  Streams: 'streams',
  Code: 'code',
  People: 'people',
  Logs: 'logs',
}

/** Whether the settings at hand ask for what the row expects: who opens a read does not want it denied. */
export const isAsked = ({ settings }: World, { by, action }: Row): boolean => {
  const group = groupOf[by]
  if (group === undefined) return true
  const { deny, allow } = settings.access.readonly
  return deny.includes(group) && !compileActions(allow)(action.toLowerCase())
}
