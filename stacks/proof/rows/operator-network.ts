import { allows, type Circumstance, type Line, lacks, when } from '../row.ts'
import { arn, is } from './engineer-words.ts'

const ec2 = (rest: string) => arn('ec2', rest)
const tagged = { 'aws:RequestTag/kiro:sandbox': 'shared', 'aws:TagKeys': ['kiro:sandbox'] }
const ours: Circumstance = is('of the network', { 'aws:ResourceTag/kiro:sandbox': 'shared' })
const taggedOurs = is('with our tag, in our network', { ...tagged, ...ours.keys })
const foreign = is('with our tag, in a network of others', tagged)

const making: readonly Line[] = [
  ...when(is('with our tag', tagged), [
    allows('NewVpc', 'ec2:CreateVpc', ec2('vpc/*')),
    allows('NewPartsOfVpc', 'ec2:CreateSubnet', ec2('subnet/*')),
    allows('NewPartsOfVpc', 'ec2:CreateSecurityGroup', ec2('security-group/*')),
    allows('NewDoors', 'ec2:CreateVpcEndpoint', ec2('vpc-endpoint/*')),
    allows('NewDoors', 'ec2:CreateInstanceConnectEndpoint', ec2('instance-connect-endpoint/*')),
    allows('NewDoors', 'ec2:AuthorizeSecurityGroupIngress', ec2('security-group-rule/*')),
  ]),
  ...when({ says: 'without a tag' }, [
    lacks('nothing', 'ec2:CreateVpc', ec2('vpc/*')),
    lacks('nothing', 'ec2:CreateSubnet', ec2('subnet/*')),
    lacks('nothing', 'ec2:CreateVpcEndpoint', ec2('vpc-endpoint/*')),
  ]),
  lacks('nothing', 'ec2:CreateVpc', ec2('vpc/*'), {
    ...is('tagged as the machine of an engineer', { 'aws:RequestTag/kiro:sandbox': '{user}' }),
  }),
  ...when(taggedOurs, [
    allows('OwnNetwork', 'ec2:CreateSubnet', ec2('vpc/vpc-1')),
    allows('OwnNetwork', 'ec2:CreateVpcEndpoint', ec2('route-table/rtb-1')),
    allows('OwnNetwork', 'ec2:AuthorizeSecurityGroupIngress', ec2('security-group/sg-1')),
  ]),
  ...when(foreign, [
    lacks('nothing', 'ec2:CreateSubnet', ec2('vpc/vpc-1')),
    lacks('nothing', 'ec2:CreateVpcEndpoint', ec2('route-table/rtb-1')),
    lacks('nothing', 'ec2:CreateInstanceConnectEndpoint', ec2('subnet/subnet-1')),
    lacks('nothing', 'ec2:AuthorizeSecurityGroupIngress', ec2('security-group/sg-1')),
  ]),
]

const changing: readonly Line[] = [
  ...when(ours, [
    allows('OwnNetwork', 'ec2:DeleteVpc', ec2('vpc/vpc-1')),
    allows('OwnNetwork', 'ec2:ModifyVpcAttribute', ec2('vpc/vpc-1')),
    allows('OwnNetwork', 'ec2:RunInstances', ec2('subnet/subnet-1')),
    allows('OwnNetwork', 'ec2:RunInstances', ec2('security-group/sg-1')),
  ]),
  ...when({ says: 'of others' }, [
    lacks('nothing', 'ec2:DeleteVpc', ec2('vpc/vpc-1')),
    lacks('nothing', 'ec2:DeleteSecurityGroup', ec2('security-group/sg-1')),
    lacks('nothing', 'ec2:RevokeSecurityGroupEgress', ec2('security-group/sg-1')),
    lacks('nothing', 'ec2:RunInstances', ec2('subnet/subnet-1')),
    lacks('nothing', 'ec2:DeleteTags', ec2('vpc/vpc-1')),
  ]),
]

const closed = { ...tagged, 'aws:RequestTag/Name': 'kiro-sandbox-closed' }
const group = ec2('security-group/sg-1')

const rest: readonly Line[] = [
  allows('TakeOverStockGroup', 'ec2:CreateTags', group, is('as the closed group', closed)),
  lacks('nothing', 'ec2:CreateTags', group, is('as any other group of ours', tagged)),
  lacks('nothing', 'ec2:CreateTags', group, {
    ...is('one that somebody has given a name', { ...closed, 'aws:ResourceTag/Name': 'database' }),
  }),
  lacks('nothing', 'ec2:CreateTags', group, {
    ...is('as an engineer of this name', { ...closed, 'aws:RequestTag/kiro:sandbox': '{user}' }),
  }),
  lacks('nothing', 'ec2:CreateTags', ec2('vpc/vpc-1'), is('a VPC of others', closed)),
  allows('SessionDocuments', 'ssm:UpdateDocument', arn('ssm', 'document/kiro-session-shell')),
  lacks('nothing', 'ssm:UpdateDocument', arn('ssm', 'document/SSM-SessionManagerRunShell')),
  lacks('nothing', 'ssm:ModifyDocumentPermission', arn('ssm', 'document/kiro-session-shell'), {
    says: 'sharing it with another account',
  }),
  allows('SessionLog', 'logs:CreateLogGroup', arn('logs', 'log-group:/kiro-sandbox/sessions')),
  lacks('nothing', 'logs:DeleteLogGroup', arn('logs', 'log-group:/payroll')),
  allows('EndpointInterface', 'ec2:CreateNetworkInterface', ec2('network-interface/*')),
  lacks('nothing', 'ec2:CreateNetworkInterface', ec2('subnet/subnet-1'), { says: 'in a subnet of others' }),
  allows(
    'EndpointRole',
    'iam:CreateServiceLinkedRole',
    'arn:aws:iam::{account}:role/aws-service-role/ec2-instance-connect.amazonaws.com/AWSServiceRoleForEc2InstanceConnect',
  ),
  lacks(
    'nothing',
    'iam:CreateServiceLinkedRole',
    'arn:aws:iam::{account}:role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations',
  ),
]

export const operatorNetwork: readonly Line[] = [...making, ...changing, ...rest]
