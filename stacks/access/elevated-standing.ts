import { type PolicyDocument, policy } from './policy.ts'

/**
 * Push: the role has its permissions always, and who may become it is all that gates them. Each session brings a
 * policy of its own that ends it and narrows it; the boundary holds as ever.
 */
export const elevatedStanding = (): PolicyDocument =>
  policy(
    {
      Sid: 'Standing',
      Effect: 'Allow',
      NotAction: ['iam:*', 'organizations:*', 'account:*'],
      Resource: '*',
    },
    {
      Sid: 'StandingExtras',
      Effect: 'Allow',
      Action: [
        'account:ListRegions',
        'iam:CreateServiceLinkedRole',
        'iam:ListRoles',
        'organizations:DescribeOrganization',
      ],
      Resource: '*',
    },
  )
