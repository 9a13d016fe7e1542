import { tag } from '../../../config/names.ts'
import type { Statement } from '../policy.ts'
import { arnsOf, type OperatorScope, ofNetwork } from './scope.ts'

/** New things carry the tag from their first moment. */
const tagged = { StringEquals: { [`aws:RequestTag/${tag.sandbox}`]: 'shared' } }

/**
 * A call that makes something is asked about the new thing and about those it is made in. Each of these statements
 * names kinds that its actions make and are not made in, so that the tag of the request opens no foreign VPC.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
const making = (scope: OperatorScope): readonly Statement[] => {
  const make = (Sid: string, actions: readonly string[], ...kinds: string[]): Statement => ({
    ...{ Sid, Effect: 'Allow', Action: actions.map((action) => `ec2:${action}`) },
    Resource: arnsOf(scope, 'ec2')(...kinds.map((kind) => `${kind}/*`)),
    Condition: tagged,
  })
  return [
    make('NewVpc', ['CreateVpc'], 'vpc'),
    make(
      'NewPartsOfVpc',
      ['CreateRouteTable', 'CreateSecurityGroup', 'CreateSubnet'],
      ...['route-table', 'security-group', 'subnet'],
    ),
    make(
      'NewDoors',
      ['AuthorizeSecurityGroup*', 'CreateInstanceConnectEndpoint', 'CreateVpcEndpoint'],
      ...['instance-connect-endpoint', 'security-group-rule', 'vpc-endpoint'],
    ),
  ]
}

const changes = [
  'AssociateRouteTable',
  'AuthorizeSecurityGroup*',
  'CreateInstanceConnectEndpoint',
  'CreateNetworkInterface',
  'CreateRouteTable',
  'CreateSecurityGroup',
  'CreateSubnet',
  'CreateTags',
  'CreateVpcEndpoint',
  'DeleteInstanceConnectEndpoint',
  'DeleteRouteTable',
  'DeleteSecurityGroup',
  'DeleteSubnet',
  'DeleteTags',
  'DeleteVpc',
  'DeleteVpcEndpoints',
  'DisassociateRouteTable',
  'ModifySecurityGroupRules',
  'ModifySubnetAttribute',
  'ModifyVpcAttribute',
  'ModifyVpcEndpoint',
  'RevokeSecurityGroup*',
  'RunInstances',
].map((action) => `ec2:${action}`)

const sessions = (scope: OperatorScope): readonly Statement[] => [
  {
    Sid: 'SessionDocuments',
    Effect: 'Allow',
    Action: [
      'ssm:AddTagsToResource',
      'ssm:CreateDocument',
      'ssm:DeleteDocument',
      'ssm:DescribeDocument*',
      'ssm:GetDocument',
      'ssm:ListTagsForResource',
      'ssm:RemoveTagsFromResource',
      'ssm:UpdateDocument',
      'ssm:UpdateDocumentDefaultVersion',
    ],
    Resource: arnsOf(scope, 'ssm')('document/kiro-session-*'),
  },
  {
    Sid: 'SessionLog',
    Effect: 'Allow',
    Action: [
      'logs:CreateLogGroup',
      'logs:DeleteLogGroup',
      'logs:ListTagsForResource',
      'logs:PutRetentionPolicy',
      'logs:TagResource',
      'logs:UntagResource',
    ],
    Resource: arnsOf(scope, 'logs')('log-group:/kiro-sandbox/*'),
  },
]

/** What AWS does by itself when an endpoint is made, and asks the caller's rights for. */
const byTheWay = (scope: OperatorScope): readonly Statement[] => [
  {
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-ec2-instance-connect-endpoint.html
    Sid: 'EndpointInterface',
    Effect: 'Allow',
    Action: 'ec2:CreateNetworkInterface',
    Resource: arnsOf(scope, 'ec2')('network-interface/*'),
  },
  {
    Sid: 'EndpointRole',
    Effect: 'Allow',
    Action: 'iam:CreateServiceLinkedRole',
    Resource: `arn:aws:iam::${scope.accountId}:role/aws-service-role/ec2-instance-connect.amazonaws.com/*`,
  },
]

/** The shared network: making it as one thing, changing what it made and nothing else, taking it away. */
export const networkRights = (scope: OperatorScope): readonly Statement[] => [
  ...making(scope),
  {
    Sid: 'OwnNetwork',
    Effect: 'Allow',
    Action: changes,
    Resource: arnsOf(scope, 'ec2')('*'),
    Condition: ofNetwork,
  },
  {
    // AWS makes a stock group with each VPC. Terraform takes it over by its tags, then closes it. IAM cannot tell a
    // stock group from others: this reaches every group that nobody has given a name.
    Sid: 'TakeOverStockGroup',
    Effect: 'Allow',
    Action: 'ec2:CreateTags',
    Resource: arnsOf(scope, 'ec2')('security-group/*'),
    Condition: {
      StringEquals: {
        [`aws:RequestTag/${tag.sandbox}`]: 'shared',
        'aws:RequestTag/Name': 'kiro-sandbox-closed',
      },
      Null: { 'aws:ResourceTag/Name': 'true' },
    },
  },
  ...sessions(scope),
  ...byTheWay(scope),
]
