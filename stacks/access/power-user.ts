/**
 * What somebody who builds may do, as AWS's PowerUserAccess has it: everything but identities and the account itself, and
 * four exceptions from that. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html
 */
export const outOfReach = ['iam:*', 'organizations:*', 'account:*'] as const

export const powerUserExtras = [
  'account:ListRegions',
  'iam:CreateServiceLinkedRole',
  'iam:ListRoles',
  'organizations:DescribeOrganization',
] as const
