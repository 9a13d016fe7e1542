import { allows, type Circumstance, type Line, lacks, when } from '../row.ts'
import { arn, is } from './engineer-words.ts'

const ec2 = (rest: string) => arn('ec2', rest)
const tagged = is('with our tag', { 'aws:RequestTag/kiro:sandbox': 'shared' })
const ours: Circumstance = is('of the network', { 'aws:ResourceTag/kiro:sandbox': 'shared' })
const flowLogs = 'arn:aws:iam::{account}:role/kiro-flow-logs-{region}'
const list = arn('route53resolver', 'firewall-domain-list/rslvr-fdl-1')
const to = (service: string) => is(`to ${service}`, { 'iam:PassedToService': service })

const wayOut: readonly Line[] = [
  ...when(tagged, [
    allows('NewWayOut', 'ec2:CreateInternetGateway', ec2('internet-gateway/*')),
    allows('NewWayOut', 'ec2:AllocateAddress', ec2('elastic-ip/*')),
    allows('NewWayOut', 'ec2:CreateNatGateway', ec2('natgateway/*')),
    allows('NewWayOut', 'ec2:CreateFlowLogs', ec2('vpc-flow-log/*')),
    lacks('nothing', 'ec2:CreateNatGateway', ec2('subnet/subnet-1')),
    lacks('nothing', 'ec2:CreateVpnGateway', ec2('vpn-gateway/*')),
  ]),
  lacks('nothing', 'ec2:CreateInternetGateway', ec2('internet-gateway/*'), { says: 'without a tag' }),
  lacks('nothing', 'ec2:AllocateAddress', ec2('elastic-ip/*'), { says: 'without a tag' }),
  ...when(ours, [
    allows('OwnWayOut', 'ec2:CreateRoute', ec2('route-table/rtb-1')),
    allows('OwnWayOut', 'ec2:AttachInternetGateway', ec2('vpc/vpc-1')),
    allows('OwnWayOut', 'ec2:CreateNatGateway', ec2('subnet/subnet-1')),
    allows('OwnWayOut', 'ec2:ReleaseAddress', ec2('elastic-ip/eipalloc-1')),
    allows('OwnWayOut', 'ec2:DeleteFlowLogs', ec2('vpc-flow-log/fl-1')),
    lacks('nothing', 'ec2:AssociateAddress', ec2('elastic-ip/eipalloc-1')),
  ]),
  ...when({ says: 'of others' }, [
    lacks('nothing', 'ec2:CreateRoute', ec2('route-table/rtb-1')),
    lacks('nothing', 'ec2:DeleteNatGateway', ec2('natgateway/nat-1')),
    lacks('nothing', 'ec2:DeleteFlowLogs', ec2('vpc-flow-log/fl-1')),
  ]),
  allows('LetAddressGo', 'ec2:DisassociateAddress', ec2('elastic-ip/eipassoc-1'), {
    says: 'one that is let go already; an address of others without tags is one, too',
  }),
  lacks('nothing', 'ec2:DisassociateAddress', ec2('elastic-ip/eipalloc-1'), {
    ...is('of an engineer', { 'aws:ResourceTag/kiro:sandbox': '{user}' }),
  }),
  allows('LookAtWayOut', 'ec2:DescribeInternetGateways'),
]

const rest: readonly Line[] = [
  allows('FlowLogsRole', 'iam:PutRolePolicy', flowLogs),
  lacks('nothing', 'iam:UpdateRole', flowLogs),
  allows('PassFlowLogsRole', 'iam:PassRole', flowLogs, to('vpc-flow-logs.amazonaws.com')),
  lacks('nothing', 'iam:PassRole', flowLogs, to('lambda.amazonaws.com')),
  allows('DeliverFlowLogs', 'logs:CreateLogDelivery'),
  allows('DnsFirewall', 'route53resolver:UpdateFirewallDomains', list),
  lacks('nothing', 'route53resolver:CreateResolverEndpoint', arn('route53resolver', 'resolver-endpoint/r-1')),
  lacks(
    'nothing',
    'route53resolver:PutFirewallRuleGroupPolicy',
    arn('route53resolver', 'firewall-rule-group/g-1'),
    {
      says: 'sharing it with another account',
    },
  ),
  allows('LookAtDnsFirewall', 'route53resolver:GetFirewallDomainList', list),
]

export const operatorEgress: readonly Line[] = [...wayOut, ...rest]
