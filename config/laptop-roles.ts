import * as z from 'zod'

/** The roles of Kiro on a laptop, by the profiles they are behind. */
export const laptopRoleNames = ['readonly', 'devWrite', 'prodReadonly', 'prodWrite'] as const
export type LaptopRoleName = (typeof laptopRoleNames)[number]

/** As Identity Center calls users and groups: with or without the part of its store in front.
 * https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateAccountAssignment.html */
const groupId = z
  .string()
  .regex(
    /^([0-9a-f]{10}-)?[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}$/,
    'the id of a group of IAM Identity Center',
  )

const once = <T>(list: readonly T[]) => new Set(list).size === list.length
const groups = z.array(groupId).refine(once, 'each group once').default([])

const action = z
  .string()
  .regex(/^[a-z0-9-]+:[A-Za-z0-9]+$/, 'an action without wildcards such as ec2:RebootInstances')
  .refine(
    (name) =>
      !/^(iam|sts|sso|sso-directory|identitystore|organizations|account|ram|rolesanywhere):/.test(name),
    'an action that makes nobody stronger: none of IAM, STS, Identity Center or Organizations',
  )

/** Who may be what on a laptop, and how the roles for it are made. */
export const laptopRolesSettings = z
  .strictObject({
    kind: z
      .enum(['permissionSets', 'roles'])
      .default('permissionSets')
      .describe(
        'permissionSets: of IAM Identity Center; roles: plain ones, for those who log in with loginPermissionSet',
      ),
    identityCenterAccountId: z
      .string()
      .regex(/^\d{12}$/, 'the 12 digits of an AWS account, as a string')
      .optional()
      .describe('account that permission sets are made in; without it accountId'),
    loginPermissionSet: z
      .string()
      .regex(/^[A-Za-z0-9+=,.@-]{1,32}$/, 'the name of a permission set of IAM Identity Center')
      .optional()
      .describe('who logs in with it may become the plain roles'),
    sessionHours: z.int().min(1).max(12).default(1).describe('a login to one of the roles lasts so long'),
    groups: z
      .strictObject({
        readonly: groups.describe('groups of Identity Center that get kiro-readonly'),
        devWrite: groups.describe('groups that get kiro-dev-write'),
        prodReadonly: groups.describe('groups that get kiro-prod-readonly'),
        prodWrite: groups.describe('groups that get kiro-prod-write'),
      })
      .prefault({}),
    prodWriteActions: z
      .array(action)
      .min(1)
      .max(40)
      .refine(once, 'each action once')
      .default([
        'autoscaling:SetDesiredCapacity',
        'cloudwatch:DisableAlarmActions',
        'cloudwatch:EnableAlarmActions',
        'ec2:RebootInstances',
      ])
      .describe('all that kiro-prod-write may do, and only to things tagged kiro:editable = true'),
  })
  .refine(({ kind, loginPermissionSet }) => kind === 'permissionSets' || loginPermissionSet !== undefined, {
    path: ['loginPermissionSet'],
    message: 'with kind roles: only who logs in with it may become one of them',
  })
