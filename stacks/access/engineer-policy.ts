import { names, tag } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { type PolicyDocument, policy, type Statement } from './policy.ts'
import { ssoName } from './trust.ts'

type Condition = NonNullable<Statement['Condition']>

/** What tells one engineer's things from another's. */
interface Scope {
  readonly accountId: string
  readonly region: string
  readonly engineer: SandboxSpec['access']['engineer']
  /** Holds for what carries the engineer's tag. */
  readonly own: Condition
  /** How ids of the engineer's sessions begin: with the name of the login, or with the whole user id. */
  readonly sessionNames: readonly string[]
  /** Addresses ssh may be tunnelled to; the endpoint sees no tags of instances. */
  readonly tunnelTo: string
  readonly elevatedRole: string
  readonly mode: SandboxSpec['elevation']['mode']
  readonly boundary: Condition
}

/** Operators of the second are added to those of the first. */
const both = (one: Condition, other: Condition): Condition => {
  const merged: Record<string, Record<string, string | readonly string[]>> = {}
  for (const condition of [one, other])
    for (const [operator, keys] of Object.entries(condition))
      merged[operator] = { ...merged[operator], ...keys }
  return merged
}

/** Only `…IfExists`: with Bool alone AWS refused even the documents that are allowed.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-sessiondocumentaccesscheck.html */
const documentChecked: Condition = { BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } }

const sessionDocuments = ({ accountId, region, engineer }: Scope): readonly string[] => {
  const { forwardHost, ...own } = names.sessionDocuments
  const documents = [...Object.values(own), ...(engineer.remoteForwarding ? [forwardHost] : [])]
  return documents.map((name) => `arn:aws:ssm:${region}:${accountId}:document/${name}`)
}

/** A session needs the instance and the document; tags belong to the instance alone. */
const sessions = (scope: Scope): readonly Statement[] => {
  const { accountId, region, own, sessionNames } = scope
  return [
    {
      Sid: 'SeeInstances',
      Effect: 'Allow',
      Action: [
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceStatus',
        'ec2:DescribeInstanceConnectEndpoints',
        'ssm:DescribeInstanceInformation',
        'ssm:DescribeSessions',
        'ssm:DescribeInstanceProperties',
      ],
      Resource: '*',
    },
    {
      Sid: 'StartSessionOwnSandbox',
      Effect: 'Allow',
      Action: 'ssm:StartSession',
      Resource: `arn:aws:ec2:${region}:${accountId}:instance/*`,
      Condition: both(own, documentChecked),
    },
    {
      Sid: 'StartSessionDocuments',
      Effect: 'Allow',
      Action: 'ssm:StartSession',
      Resource: sessionDocuments(scope),
      Condition: documentChecked,
    },
    {
      Sid: 'OwnDataChannel',
      Effect: 'Allow',
      Action: 'ssmmessages:OpenDataChannel',
      Resource: sessionNames.map((name) => `arn:aws:ssm:*:${accountId}:session/${name}-*`),
    },
    {
      Sid: 'EndOwnSessions',
      Effect: 'Allow',
      Action: ['ssm:TerminateSession', 'ssm:ResumeSession'],
      Resource: `arn:aws:ssm:*:${accountId}:session/*`,
      Condition: { StringLike: { 'ssm:resourceTag/aws:ssmmessages:session-id': '${aws:userid}' } },
    },
  ]
}

const machine = ({ accountId, region, own, tunnelTo }: Scope): readonly Statement[] => [
  {
    Sid: 'PowerOwnSandbox',
    Effect: 'Allow',
    Action: ['ec2:StartInstances', 'ec2:StopInstances', 'ec2:RebootInstances'],
    Resource: `arn:aws:ec2:${region}:${accountId}:instance/*`,
    Condition: own,
  },
  {
    Sid: 'TunnelToOwnSandbox',
    Effect: 'Allow',
    Action: 'ec2-instance-connect:OpenTunnel',
    Resource: `arn:aws:ec2:${region}:${accountId}:instance-connect-endpoint/*`,
    Condition: {
      StringEquals: { [`aws:ResourceTag/${tag.sandbox}`]: 'shared' },
      NumericEquals: { 'ec2-instance-connect:remotePort': '22' },
      IpAddress: { 'ec2-instance-connect:privateIpAddress': tunnelTo },
      NumericLessThanEquals: { 'ec2-instance-connect:maxTunnelDuration': '3600' },
    },
  },
  {
    Sid: 'PushKeyToOwnSandbox',
    Effect: 'Allow',
    Action: 'ec2-instance-connect:SendSSHPublicKey',
    Resource: `arn:aws:ec2:${region}:${accountId}:instance/*`,
    Condition: both(own, { StringEquals: { 'ec2:osuser': names.sandboxUser } }),
  },
]

const readOwnRole = ({ own, elevatedRole }: Scope): Statement => ({
  Sid: 'ReadOwnWindow',
  Effect: 'Allow',
  Action: [
    'iam:GetRole',
    'iam:GetRolePolicy',
    'iam:ListRolePolicies',
    'iam:ListAttachedRolePolicies',
    'iam:SimulatePrincipalPolicy',
  ],
  Resource: elevatedRole,
  Condition: own,
})

/** Which of the elevated roles is the own one says its trust, by the login. No right to write to IAM is needed. */
const becoming = (scope: Scope): readonly Statement[] => [
  {
    Sid: 'BecomeOwnElevated',
    Effect: 'Allow',
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Resource: scope.elevatedRole,
  },
  readOwnRole(scope),
]

/** The window is a policy of the elevated role. Once its boundary is gone, nobody opens one any more. */
const opening = (scope: Scope): readonly Statement[] => {
  const { own, elevatedRole, boundary } = scope
  return [
    {
      Sid: 'OpenAndCloseOwnWindow',
      Effect: 'Allow',
      Action: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
      Resource: elevatedRole,
      Condition: both(own, boundary),
    },
    readOwnRole(scope),
    {
      Sid: 'RecordReason',
      Effect: 'Allow',
      Action: ['iam:TagRole', 'iam:UntagRole'],
      Resource: elevatedRole,
      Condition: both(own, {
        'ForAllValues:StringEquals': {
          'aws:TagKeys': [tag.elevatedUntil, tag.elevatedBy, tag.elevatedReason],
        },
        // ForAllValues holds for a call without tags too.
        Null: { 'aws:TagKeys': 'false' },
      }),
    },
  ]
}

const compose = (scope: Scope): PolicyDocument =>
  policy(...sessions(scope), ...machine(scope), ...(scope.mode === 'push' ? becoming(scope) : opening(scope)))

const policyArn = (accountId: string, name: string) => `arn:aws:iam::${accountId}:policy/${name}`

/**
 * For one engineer: own instance, own sessions, own tunnel, own window, nothing else.
 * @param privateIp of the sandbox, or Terraform's reference to it
 */
export const engineerPolicy = (spec: SandboxSpec, privateIp: string): PolicyDocument => {
  const { accountId, region, user, access } = spec
  return compose({
    ...{ accountId, region, engineer: access.engineer, mode: spec.elevation.mode },
    own: { StringEquals: { [`aws:ResourceTag/${tag.owner}`]: user } },
    sessionNames: ['${aws:userid}', ssoName(spec)],
    tunnelTo: `${privateIp}/32`,
    elevatedRole: `arn:aws:iam::${accountId}:role/${names.elevatedRole(user)}`,
    boundary: {
      StringEquals: { 'iam:PermissionsBoundary': policyArn(accountId, names.elevatedBoundary(user)) },
    },
  })
}

export interface TeamScope extends Pick<Scope, 'accountId' | 'region' | 'engineer' | 'mode'> {
  /** Address range of the sandboxes: the tunnel leads to any of them, a key only to the own one. */
  readonly cidr: string
}

/** For one permission set that all engineers have: what is theirs says the tag kiro:owner of the thing. */
export const engineerAbacPolicy = ({ cidr, ...scope }: TeamScope): PolicyDocument => {
  const { accountId, engineer } = scope
  const domain = engineer.sessionDomain === undefined ? '' : `@${engineer.sessionDomain}`
  return compose({
    ...scope,
    // A thing without the tag belongs to nobody: a variable without a value matches nothing.
    own: { StringLike: { 'aws:userid': `*:\${aws:ResourceTag/${tag.owner}}${domain}` } },
    // No variable holds the name of the login alone.
    sessionNames: ['${aws:userid}'],
    tunnelTo: cidr,
    elevatedRole: `arn:aws:iam::${accountId}:role/kiro-elevated-*`,
    boundary: {
      ArnLike: { 'iam:PermissionsBoundary': policyArn(accountId, 'kiro-elevated-boundary-*') },
    },
  })
}
