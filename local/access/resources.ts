import type { Call } from '../gateway/classify.ts'
import { type Incoming, pathStyle } from '../gateway/incoming.ts'
import { localStore } from '../trail/store.ts'
import { ec2Arn, listEc2Resources } from './ec2-resources.ts'
import type { Input } from './input.ts'

export interface Asked {
  readonly call: Call
  readonly operation: string
  readonly incoming: Incoming
  readonly input: Input
  readonly accountId: string
}

const arnOf = (service: string, { call, accountId }: Asked, rest: string, account = accountId): string =>
  `arn:aws:${service}:${call.region}:${account}:${rest}`

const asArn = (name: string, make: (name: string) => string): string =>
  name.startsWith('arn:') ? name : make(name)

/** Names that begin so belong to AWS: their ARNs have no account. */
const ssmArn = (kind: 'document' | 'parameter', asked: Asked) => (name: string) =>
  asArn(name, () => {
    const ofAws = kind === 'document' ? /^(AWS|Amazon)/.test(name) : name.startsWith('/aws/service/')
    return arnOf('ssm', asked, `${kind}/${name.replace(/^\//, '')}`, ofAws ? '' : asked.accountId)
  })

const instanceArn = (asked: Asked) => (id: string) =>
  id.startsWith('mi-') ? arnOf('ssm', asked, `managed-instance/${id}`) : arnOf('ec2', asked, `instance/${id}`)

/** Of those that read, these know no resource. */
const ssmWithout = /^(Describe(?!Document)|List|GetCommandInvocation|CancelCommand)/

const listSsm = (asked: Asked): string[] => {
  const { operation, input } = asked
  const instances = [...input.values('InstanceIds'), ...input.values('Target'), ...input.values('InstanceId')]
  const documents = [
    ...input.values('DocumentName'),
    ...(/Document/.test(operation) ? input.values('Name') : []),
  ]
  if (ssmWithout.test(operation)) return []
  if (/Parameter/.test(operation)) {
    const names = ['Name', 'Names', 'Path'].flatMap((member) => [...input.values(member)])
    return names.map((name) => ssmArn('parameter', asked)(name.replace(/(?!^)\/$/, '')))
  }
  if (/Session$/.test(operation) && operation !== 'StartSession')
    return input.values('SessionId').map((id) => arnOf('ssm', asked, `session/${id}`))
  return [...instances.map(instanceArn(asked)), ...documents.map(ssmArn('document', asked))]
}

/** The thing an operation of IAM is about; the others it names are conditions. */
const iamSubjects: readonly (readonly [member: string, kind: string, operations: RegExp])[] = [
  ['InstanceProfileName', 'instance-profile', /InstanceProfile/],
  ['RoleName', 'role', /./],
  ['UserName', 'user', /./],
  ['GroupName', 'group', /./],
  ['PolicyName', 'policy', /^CreatePolicy$/],
]

const listIam = ({ operation, input, accountId }: Asked): string[] => {
  for (const [member, kind, operations] of iamSubjects) {
    const name = input.first(member)
    if (name !== undefined && operations.test(operation)) {
      const path = /^Create/.test(operation) ? (input.first('Path') ?? '/').replace(/^\//, '') : ''
      return [`arn:aws:iam::${accountId}:${kind}/${path}${name}`]
    }
  }
  const arn = input.first('PolicyArn') ?? input.first('PolicySourceArn')
  return arn === undefined ? [] : [arn]
}

const listS3 = ({ incoming, input, operation }: Asked): string[] => {
  const [, bucket = '', rawKey = ''] = /^\/([^/]*)\/?(.*)$/s.exec(pathStyle(incoming)) ?? []
  if (bucket === '') return []
  const keys =
    operation === 'DeleteObjects'
      ? [...incoming.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map((one) => one[1] ?? '')
      : [decodeKey(rawKey)]
  return keys.map((key) =>
    key === '' || input.first('list-type') !== undefined
      ? `arn:aws:s3:::${bucket}`
      : `arn:aws:s3:::${bucket}/${key}`,
  )
}

const decodeKey = (key: string): string => {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

const listLogs = (asked: Asked): string[] => {
  const { operation, input } = asked
  if (operation === 'DescribeLogGroups') return []
  const tagged = input.values('resourceArn')
  if (tagged.length > 0) return [...tagged]
  return input
    .values('logGroupName')
    .map((name) => arnOf('logs', asked, `log-group:${name}:log-stream:${input.first('logStreamName') ?? ''}`))
}

const listNamed =
  (service: string, members: readonly string[], kind: string) =>
  (asked: Asked): string[] =>
    members.flatMap((member) =>
      asked.input.values(member).map((name) => asArn(name, () => arnOf(service, asked, `${kind}${name}`))),
    )

/** There is one event data store. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html */
const listLake = (asked: Asked): string[] =>
  /Query(Results)?$|^GetEventDataStore$/.test(asked.operation)
    ? [arnOf('cloudtrail', asked, `eventdatastore/${localStore.id}`)]
    : []

const kms = (asked: Asked): string[] =>
  asked.input
    .values('KeyId')
    .map((id) => asArn(id, () => arnOf('kms', asked, id.startsWith('alias/') ? id : `key/${id}`)))

/** The parts of a DNS firewall have ids; one that is about to be made has none yet. */
const firewall = (asked: Asked): string[] => {
  const { operation, input } = asked
  const make = (kind: string) => (id: string) =>
    asArn(id, () => arnOf('route53resolver', asked, `firewall-${kind}/${id}`))
  const made = /^(?:Create|Associate)Firewall(DomainList|RuleGroup)$/.exec(operation)?.[1]
  const kind = operation.startsWith('Associate') ? 'rule-group-association' : 'rule-group'
  return [
    ...input.values('FirewallDomainListId').map(make('domain-list')),
    ...input.values('FirewallRuleGroupId').map(make('rule-group')),
    ...input.values('FirewallRuleGroupAssociationId').map(make('rule-group-association')),
    ...input.values('ResourceArn'),
    ...(made === undefined ? [] : [make(made === 'DomainList' ? 'domain-list' : kind)('*')]),
  ]
}

const lists: Readonly<Record<string, (asked: Asked) => string[]>> = {
  ec2: (asked) => listEc2Resources(asked.operation, asked.input, ec2Arn(asked.call.region, asked.accountId)),
  'ec2-instance-connect': (asked) => [
    ...asked.input.values('InstanceId').map(instanceArn(asked)),
    ...asked.input
      .values('instanceConnectEndpointId')
      .map((id) => arnOf('ec2', asked, `instance-connect-endpoint/${id}`)),
  ],
  ssm: listSsm,
  cloudtrail: listLake,
  iam: listIam,
  sts: ({ input }) => [...input.values('RoleArn')],
  s3: listS3,
  logs: listLogs,
  kms,
  route53resolver: firewall,
  // What follows the name is AWS's own.
  cloudformation: (asked) =>
    asked.input
      .values('StackName')
      .map((name) => asArn(name, () => arnOf('cloudformation', asked, `stack/${name}/*`))),
  lambda: listNamed('lambda', ['FunctionName'], 'function:'),
  dynamodb: listNamed('dynamodb', ['TableName'], 'table/'),
  // The six letters that AWS appends are not known from a name alone.
  secretsmanager: listNamed('secretsmanager', ['SecretId', 'Name'], 'secret:'),
  sns: listNamed('sns', ['TopicArn'], ''),
  events: listNamed('events', ['Name', 'Rule'], 'rule/'),
}

/** ARNs of what a call touches; `*` alone where it touches nothing in particular or we do not know. */
export const listResources = (asked: Asked): readonly string[] => {
  const found = lists[asked.call.service]?.(asked) ?? []
  return found.length === 0 ? ['*'] : [...new Set(found)]
}
