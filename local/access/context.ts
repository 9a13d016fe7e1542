import type { ContextValues } from '../../iam/context.ts'
import { headerOf, type Incoming } from '../gateway/incoming.ts'
import type { Principal } from '../gateway/principals.ts'
import type { Facts, Identity } from './identity.ts'
import type { Asked } from './resources.ts'

const prefixed = (prefix: string, tags: Readonly<Record<string, string>>): ContextValues =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]))

const ofPrincipal = (identity: Identity, principal: Principal): ContextValues => ({
  'aws:PrincipalArn': identity.arn,
  'aws:PrincipalAccount': principal.accountId,
  'aws:PrincipalType': identity.kind === 'user' ? 'User' : 'AssumedRole',
  'aws:PrincipalIsAWSService': 'false',
  'aws:userid': principal.userId,
  'aws:username': identity.kind === 'user' ? identity.name : undefined,
  'aws:TokenIssueTime': identity.issuedAt ?? undefined,
  ...prefixed('aws:PrincipalTag', identity.tags),
})

/**
 * Properties of the credential, wherever it is used.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-role-session
 */
const ofInstance = ({ instance }: Identity): ContextValues =>
  instance === null
    ? {}
    : {
        'ec2:SourceInstanceARN': instance.arn,
        'ec2:RoleDelivery': '2.0',
        'aws:Ec2InstanceSourceVpc': instance.vpcId,
        'aws:Ec2InstanceSourcePrivateIPv4': instance.privateIp,
      }

/** A guest calls as through an interface endpoint: then there is no aws:SourceIp.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip */
const ofNetwork = ({ network, source }: Incoming): ContextValues =>
  network === undefined
    ? { 'aws:SourceIp': source.replace(/:\d*$/, '').replace(/^::ffff:/, '') }
    : { 'aws:SourceVpc': network.vpcId, 'aws:VpcSourceIp': network.privateIp }

/** What all checks of one call have in common. @param now milliseconds since 1970, of the gateway's clock */
export const planCallContext = (
  { incoming, call, input }: Asked,
  identity: Identity,
  principal: Principal,
  now: number,
): ContextValues => ({
  ...ofPrincipal(identity, principal),
  ...ofInstance(identity),
  ...ofNetwork(incoming),
  'aws:CurrentTime': new Date(now).toISOString(),
  'aws:EpochTime': String(Math.floor(now / 1000)),
  'aws:RequestedRegion': call.region,
  // 127.0.0.1 stands for an endpoint with TLS; guests do use it.
  'aws:SecureTransport': 'true',
  'aws:ViaAWSService': 'false',
  'aws:UserAgent': headerOf(incoming, 'user-agent'),
  ...prefixed('aws:RequestTag', input.tags),
  'aws:TagKeys': input.tagKeys.length === 0 ? undefined : input.tagKeys,
})

const definedOf = (values: ContextValues): ContextValues =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/** Keys of one service that our policies and those of AWS's examples use. */
export const planServiceContext = ({ call, operation, input }: Asked): ContextValues => {
  if (call.service === 'sts')
    return {
      'sts:RoleSessionName': input.first('RoleSessionName'),
      'sts:ExternalId': input.first('ExternalId'),
      'sts:SourceIdentity': input.first('SourceIdentity'),
    }
  if (call.service === 'ssm' && operation === 'StartSession')
    return { 'ssm:SessionDocumentAccessCheck': 'true' }
  if (call.service === 'iam')
    // Only what is there: a boundary in the request beats that of the role, an absent one does not.
    return definedOf({
      'iam:PolicyARN': input.first('PolicyArn'),
      'iam:PermissionsBoundary': input.first('PermissionsBoundary'),
      'iam:AWSServiceName': input.first('AWSServiceName'),
    })
  if (call.service === 'ec2-instance-connect')
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2instanceconnect.html
    return operation === 'OpenTunnel'
      ? {
          'ec2-instance-connect:remotePort': input.first('remotePort'),
          'ec2-instance-connect:privateIpAddress': input.first('privateIpAddress'),
          'ec2-instance-connect:maxTunnelDuration': input.first('maxTunnelDuration'),
        }
      : { 'ec2:osuser': input.first('InstanceOSUser') }
  if (call.service === 'ec2')
    return { 'ec2:InstanceType': input.first('InstanceType'), 'ec2:Region': call.region }
  return {}
}

/** Instance Connect is asked about things of EC2, and their tags are called as there. */
const ownerOf = (service: string): string => (service === 'ec2-instance-connect' ? 'ec2' : service)

/** What the resource itself brings into the question. */
export const planResourceContext = (service: string, facts: Facts | undefined): ContextValues => ({
  ...prefixed('aws:ResourceTag', facts?.tags ?? {}),
  ...prefixed(`${ownerOf(service)}:ResourceTag`, facts?.tags ?? {}),
  ...(facts?.boundary ? { 'iam:PermissionsBoundary': facts.boundary } : {}),
  ...(facts?.instanceProfile ? { 'ec2:InstanceProfile': facts.instanceProfile } : {}),
})
