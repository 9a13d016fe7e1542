import { names, tag } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { type PolicyDocument, policy, type Statement } from './policy.ts'

/** Who may become the instance role: EC2, for the instance that carries its profile. */
export const trustOfEc2Role = (): PolicyDocument =>
  policy({
    Sid: 'Ec2',
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  })

/**
 * Where the call must come from. The keys of the instance are properties of its credentials, wherever they are
 * used, so they alone stop no thief. Behind an endpoint of STS there is no source address, and without one no
 * source VPC: the two modes exclude each other. Addresses are compared as text, because variables work in no
 * other operator.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-network-properties
 */
const boundTo = ({ mode, addresses }: SandboxSpec['access']['binding']) => ({
  text:
    mode === 'vpce'
      ? {
          'aws:SourceVpc': '${aws:Ec2InstanceSourceVpc}',
          'aws:VpcSourceIp': '${aws:Ec2InstanceSourcePrivateIPv4}',
        }
      : {},
  address: mode === 'nat-eip' ? { IpAddress: { 'aws:SourceIp': addresses } } : {},
})

/**
 * The instance role of the same engineer, with credentials that the very instance got from its metadata service,
 * under the engineer's own session name.
 *
 * The principal is the account root and the role stands in a condition: a role named as principal would let the
 * caller in without any permission of its own, and no gate on the caller would hold.
 * ec2:SourceInstanceARN and aws:Ec2InstanceSourceVpc are properties of credentials from the metadata service.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const ownInstance = ({ accountId, user, network, access }: SandboxSpec, instanceArn: string): Statement => {
  const { text, address } = boundTo(access.binding)
  return {
    Sid: 'OwnSandboxInstanceOnly',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: 'sts:AssumeRole',
    Condition: {
      ArnEquals: {
        'aws:PrincipalArn': `arn:aws:iam::${accountId}:role/${names.ec2Role(user)}`,
        'ec2:SourceInstanceARN': instanceArn,
      },
      StringEquals: {
        'aws:Ec2InstanceSourceVpc': network.vpcId,
        'sts:RoleSessionName': user,
        ...text,
      },
      ...address,
    },
  }
}

/** As IAM Identity Center names the engineer: the part of aws:userid behind the colon. */
export const ssoName = ({
  user,
  access: { engineer },
}: Pick<SandboxSpec, 'user'> & { readonly access: Pick<SandboxSpec['access'], 'engineer'> }): string =>
  engineer.sessionDomain === undefined ? user : `${user}@${engineer.sessionDomain}`

/** Tags of a session that was handed to a sandbox; CloudTrail has them with the AssumeRole. */
export const sessionTags = [
  tag.elevatedUntil,
  tag.elevatedBy,
  tag.elevatedReason,
  tag.elevatedPushed,
] as const

/**
 * Behind the name of the permission set stand sixteen digits, which change whenever it is assigned anew: AWS lets a set
 * have 32 characters and a role 64. A `*` in their place would let in sets whose longer names begin alike.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
const suffix = '?'.repeat(16)

/** Logins with a permission set. Two patterns: roles of an Identity Center in us-east-1 have no region in their path. */
export const loginsWith = (accountId: string, permissionSet: string): readonly string[] =>
  ['', '*/'].map(
    (region) =>
      `arn:aws:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/${region}AWSReservedSSO_${permissionSet}_${suffix}`,
  )

/** The engineer's own login on a laptop. */
const ownLogin = (spec: SandboxSpec, permissionSet: string): Statement => {
  return {
    Sid: 'OwnSsoSessionOnly',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${spec.accountId}:root` },
    Action: 'sts:AssumeRole',
    Condition: {
      ArnLike: {
        'aws:PrincipalArn': loginsWith(spec.accountId, permissionSet),
      },
      StringLike: { 'aws:userid': `*:${ssoName(spec)}` },
      StringEquals: { 'sts:RoleSessionName': spec.user },
    },
  }
}

/**
 * Push: nobody but the engineer's own login, and not without a reason. Tags are an action of their own. The session
 * name is the attribution; a source identity could not be set where the login has one already.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
const ownLoginWithReason = (spec: SandboxSpec, permissionSet: string): readonly Statement[] => {
  const login = ownLogin(spec, permissionSet)
  const { StringEquals: _, ...ofCaller } = login.Condition ?? {}
  return [
    {
      ...login,
      Condition: {
        ...login.Condition,
        Null: {
          [`aws:RequestTag/${tag.elevatedReason}`]: 'false',
          [`aws:RequestTag/${tag.elevatedPushed}`]: 'false',
        },
      },
    },
    {
      ...login,
      Sid: 'OwnSessionTags',
      Action: 'sts:TagSession',
      Condition: { ...ofCaller, 'ForAllValues:StringEquals': { 'aws:TagKeys': sessionTags } },
    },
  ]
}

export const trustOfReadonly = (spec: SandboxSpec, instanceArn: string): PolicyDocument =>
  policy(ownInstance(spec, instanceArn))

export const trustOfElevated = (spec: SandboxSpec, instanceArn: string): PolicyDocument => {
  const { permissionSet } = spec.access.engineer
  if (spec.elevation.mode === 'push') {
    if (permissionSet === undefined) throw new Error('push without a permission set: the settings refuse it')
    return policy(...ownLoginWithReason(spec, permissionSet))
  }
  return policy(
    ownInstance(spec, instanceArn),
    ...(permissionSet === undefined ? [] : [ownLogin(spec, permissionSet)]),
  )
}
