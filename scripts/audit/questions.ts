import { names } from '../../config/names.ts'
import type { Subject } from './subject.ts'

/** LookupEvents takes one attribute at a time, so a story is put together from the answers to several questions. */
export interface Question {
  readonly region: string
  readonly key: 'Username' | 'ResourceName' | 'EventName'
  readonly value: string
}

/**
 * Where the events of services without regions are kept, IAM's among them.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events
 */
export const globalRegion = 'us-east-1'

const ask = (region: string, key: Question['key'], ...values: readonly string[]): Question[] =>
  values.map((value) => ({ region, key, value }))

/** What says when windows were open and which machines there were. Few events, read before the story is told. */
export const planFirstQuestions = (
  { user }: Pick<Subject, 'user'>,
  region: string,
  accountId: string,
): readonly Question[] => [
  ...ask(region, 'EventName', 'RunInstances'),
  ...ask(region, 'ResourceName', `arn:aws:iam::${accountId}:role/${names.elevatedRole(user)}`),
  ...ask(globalRegion, 'EventName', 'PutRolePolicy', 'DeleteRolePolicy', 'TagRole', 'DeleteRole'),
]

/** Their events name a machine in a form that event history does not look into. */
const visits = ['StartSession', 'ResumeSession', 'TerminateSession', 'OpenTunnel', 'SendSSHPublicKey']

export const planQuestions = (subject: Subject, region: string): readonly Question[] => {
  const { user, logins, instances, aliases } = subject
  const roles = [names.readonlyRole(user), names.elevatedRole(user), names.ec2Role(user)]
  const asked = [
    ...ask(region, 'Username', ...logins, ...instances),
    ...ask(region, 'ResourceName', ...instances, ...aliases),
    ...ask(region, 'EventName', ...visits, 'RunInstances', 'PutParameter'),
    ...ask(globalRegion, 'Username', ...logins),
    ...ask(globalRegion, 'ResourceName', ...roles, names.elevatedBoundary(user)),
    ...ask(globalRegion, 'EventName', 'PutRolePolicy', 'DeleteRolePolicy', 'TagRole', 'UntagRole'),
  ]
  return [...new Map(asked.map((one) => [Object.values(one).join(' '), one])).values()]
}
