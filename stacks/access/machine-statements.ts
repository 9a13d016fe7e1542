import type { Statement } from './policy.ts'

/**
 * What the SSM agent needs for Session Manager, Run Command and inventory. AmazonSSMManagedInstanceCore is not
 * used: it also allows ssm:GetParameter on everything.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-add-permissions-to-existing-profile.html
 */
export const agentChannel = [
  'ssm:UpdateInstanceInformation',
  'ssm:ListAssociations',
  'ssm:ListInstanceAssociations',
  'ssm:PutInventory',
  'ssm:PutComplianceItems',
  'ssm:UpdateAssociationStatus',
  'ssm:UpdateInstanceAssociationStatus',
  'ssm:GetDocument',
  'ssm:DescribeDocument',
  'ssm:DescribeAssociation',
  'ssm:GetManifest',
  'ssm:PutConfigurePackageResult',
  'ssm:GetDeployablePatchSnapshotForInstance',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'ec2messages:AcknowledgeMessage',
  'ec2messages:DeleteMessage',
  'ec2messages:FailMessage',
  'ec2messages:GetEndpoint',
  'ec2messages:GetMessages',
  'ec2messages:SendReply',
] as const

/** What holds for the role of every machine of ours, whatever else it may do. */
export const machineLimits: readonly Statement[] = [
  {
    Sid: 'NoParameterValues',
    Effect: 'Deny',
    Action: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParameterHistory', 'ssm:GetParametersByPath'],
    NotResource: 'arn:aws:ssm:*::parameter/aws/service/*',
  },
  {
    // Credentials handed out over IMDSv1 carry ec2:RoleDelivery 1.0; they are good for nothing.
    Sid: 'ImdsV2CredentialsOnly',
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { NumericLessThan: { 'ec2:RoleDelivery': '2.0' } },
  },
]
