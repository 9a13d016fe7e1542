import { names } from '../../config/names.ts'
import type { Subject } from './subject.ts'

/** LookupEvents takes one attribute at a time, so a story is put together from the answers to several questions. */
export interface Question {
  readonly region: string
  readonly key: 'Username' | 'ResourceName' | 'EventName'
  readonly value: string
}

/** Where one asks. */
export interface Place {
  readonly accountId: string
  /** Of the sandbox. */
  readonly home: string
  /** Beside it: regions in which the engineer, or the machine, may have made calls. */
  readonly others: readonly string[]
}

/**
 * Where the events of services without regions are kept, IAM's among them.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events
 */
export const globalRegion = 'us-east-1'

const ask = (region: string, key: Question['key'], ...values: readonly string[]): Question[] =>
  values.map((value) => ({ region, key, value }))

const roleArn = ({ accountId }: Place, name: string): string => `arn:aws:iam::${accountId}:role/${name}`

/** What says when windows were open and which machines there were. Few events, read before the story is told. */
export const planFirstQuestions = ({ user }: Pick<Subject, 'user'>, place: Place): readonly Question[] => [
  ...ask(place.home, 'EventName', 'RunInstances'),
  ...ask(place.home, 'ResourceName', roleArn(place, names.elevatedRole(user))),
  ...ask(globalRegion, 'EventName', 'PutRolePolicy', 'DeleteRolePolicy', 'TagRole', 'DeleteRole'),
]

/** What was written to the elevated role, in the order of time: the last of it before a story says how it begins. */
export const planRoleQuestion = ({ user }: Pick<Subject, 'user'>): Question => ({
  ...{ region: globalRegion, key: 'ResourceName', value: names.elevatedRole(user) },
})

/** Their events name a machine in a form that event history does not look into. */
export const visits = [
  ...['StartSession', 'ResumeSession', 'TerminateSession', 'OpenTunnel', 'SendSSHPublicKey', 'SendCommand'],
] as const

/** A managed policy is named in its making, and by its ARN in everything after it. */
const policiesOf = ({ user }: Subject, { accountId }: Place): readonly string[] =>
  [names.elevatedBoundary(user), names.elevatedStrict(user), names.sandboxPerimeter(user)].flatMap((name) => [
    name,
    `arn:aws:iam::${accountId}:policy/${name}`,
  ])

export const planQuestions = (subject: Subject, place: Place): readonly Question[] => {
  const { user, logins, instances, aliases } = subject
  const roles = [names.readonlyRole(user), names.elevatedRole(user), names.ec2Role(user)]
  const asked = [
    ...ask(place.home, 'Username', ...logins, ...instances),
    ...ask(place.home, 'ResourceName', ...instances, ...aliases),
    // Sessions of it that are handed over are windows, too.
    ...ask(place.home, 'ResourceName', roleArn(place, names.elevatedRole(user))),
    ...ask(place.home, 'EventName', ...visits, 'RunInstances', 'PutParameter'),
    ...ask(globalRegion, 'Username', ...logins),
    ...ask(globalRegion, 'ResourceName', ...roles, ...policiesOf(subject, place)),
    ...ask(
      globalRegion,
      'EventName',
      'PutRolePolicy',
      'DeleteRolePolicy',
      'TagRole',
      'UntagRole',
      'DeleteRole',
    ),
    ...place.others.flatMap((region) => ask(region, 'Username', ...logins, ...instances)),
  ]
  return [...new Map(asked.map((one) => [Object.values(one).join(' '), one])).values()]
}
