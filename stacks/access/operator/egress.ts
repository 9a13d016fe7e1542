import { names, tag } from '../../../config/names.ts'
import type { Statement } from '../policy.ts'
import { arnsOf, type OperatorScope, ofNetwork } from './scope.ts'

const tagged = { StringEquals: { [`aws:RequestTag/${tag.sandbox}`]: 'shared' } }

/** A gateway to the internet, one for translation, its address, and the routes to both. */
const wayOut = (scope: OperatorScope): readonly Statement[] => [
  {
    Sid: 'NewWayOut',
    Effect: 'Allow',
    Action: [
      'ec2:AllocateAddress',
      'ec2:CreateFlowLogs',
      'ec2:CreateInternetGateway',
      'ec2:CreateNatGateway',
    ],
    Resource: arnsOf(scope, 'ec2')('elastic-ip/*', 'internet-gateway/*', 'natgateway/*', 'vpc-flow-log/*'),
    Condition: tagged,
  },
  {
    Sid: 'OwnWayOut',
    Effect: 'Allow',
    Action: [
      'AttachInternetGateway',
      'CreateFlowLogs',
      'CreateNatGateway',
      'CreateRoute',
      'DeleteFlowLogs',
      'DeleteInternetGateway',
      'DeleteNatGateway',
      'DeleteRoute',
      'DetachInternetGateway',
      'ReleaseAddress',
      'ReplaceRoute',
    ].map((action) => `ec2:${action}`),
    Resource: arnsOf(scope, 'ec2')('*'),
    Condition: ofNetwork,
  },
  {
    // Terraform lets the address go after its gateway has done so: then there is nothing left that has a tag.
    Sid: 'LetAddressGo',
    Effect: 'Allow',
    Action: 'ec2:DisassociateAddress',
    Resource: arnsOf(scope, 'ec2')('elastic-ip/*'),
    Condition: { StringEqualsIfExists: { [`aws:ResourceTag/${tag.sandbox}`]: 'shared' } },
  },
  {
    Sid: 'LookAtWayOut',
    Effect: 'Allow',
    Action: ['ec2:DescribeAddresses*', 'ec2:DescribeFlowLogs', 'ec2:DescribeInternetGateways'],
    Resource: '*',
  },
]

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam.html */
const flowLogs = (scope: OperatorScope): readonly Statement[] => {
  const role = `arn:aws:iam::${scope.accountId}:role/${names.flowLogsRole(scope.region)}`
  return [
    {
      Sid: 'FlowLogsRole',
      Effect: 'Allow',
      Action: [
        'iam:CreateRole',
        'iam:DeleteRole',
        'iam:DeleteRolePolicy',
        'iam:PutRolePolicy',
        'iam:TagRole',
        'iam:UntagRole',
        'iam:UpdateAssumeRolePolicy',
      ],
      Resource: role,
    },
    {
      Sid: 'PassFlowLogsRole',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: role,
      Condition: { StringEquals: { 'iam:PassedToService': 'vpc-flow-logs.amazonaws.com' } },
    },
    {
      Sid: 'DeliverFlowLogs',
      Effect: 'Allow',
      Action: ['logs:CreateLogDelivery', 'logs:DeleteLogDelivery'],
      Resource: '*',
    },
  ]
}

const lists = [
  'AssociateFirewallRuleGroup',
  'CreateFirewallDomainList',
  'CreateFirewallRule',
  'CreateFirewallRuleGroup',
  'DeleteFirewallDomainList',
  'DeleteFirewallRule',
  'DeleteFirewallRuleGroup',
  'DisassociateFirewallRuleGroup',
  'TagResource',
  'UntagResource',
  'UpdateFirewallDomains',
  'UpdateFirewallRule',
  'UpdateFirewallRuleGroupAssociation',
].map((action) => `route53resolver:${action}`)

/**
 * Lists and groups have ids for ARNs, and rules have none, so that tags cannot tell ours from others here.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53resolver.html
 */
const dnsFirewall = (scope: OperatorScope): readonly Statement[] => [
  {
    Sid: 'DnsFirewall',
    Effect: 'Allow',
    Action: lists,
    Resource: arnsOf(
      scope,
      'route53resolver',
    )(...['firewall-domain-list/*', 'firewall-rule-group/*', 'firewall-rule-group-association/*']),
  },
  {
    Sid: 'LookAtDnsFirewall',
    Effect: 'Allow',
    Action: [
      'route53resolver:GetFirewall*',
      'route53resolver:ListFirewall*',
      'route53resolver:ListTagsForResource',
    ],
    Resource: '*',
  },
]

/** What a network needs that leads further than its endpoints, or writes down what goes through it. */
export const egressRights = (scope: OperatorScope): readonly Statement[] => [
  ...wayOut(scope),
  ...flowLogs(scope),
  ...dnsFirewall(scope),
]
