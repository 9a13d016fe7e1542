import type { AlertsSpec } from '../config/alerts-spec.ts'
import { names, tag } from '../config/names.ts'
import { type Alert, calls, type Pattern } from './alert.ts'

type Matchers = readonly unknown[]

/** IAM keeps no two names apart by their case, so neither does a rule. */
const begins = (prefix: string) => ({ prefix: { 'equals-ignore-case': prefix } })
const is = (name: string) => ({ 'equals-ignore-case': name })

/** Roles of machines and services; no boundary holds them. */
const machines = ['kiro-ec2-', 'kiro-image-builder-', 'kiro-flow-logs-', 'kiro-alert-', 'kiro-operator-']

/**
 * Of Kiro on laptops, as plain role or as Identity Center makes it, and of the logins that become them. EventBridge knows
 * no `?`: a permission set whose longer name begins alike is told of as well.
 */
const laptops = ({ laptopRoles, logins }: AlertsSpec): Matchers => [
  ...laptopRoles.map(is),
  ...[...laptopRoles, ...logins].map((set) => begins(`AWSReservedSSO_${set}_`)),
]

const bounded = ['kiro-readonly-', 'kiro-elevated-']

const ofOurs = (spec: AlertsSpec): Matchers => [...[...machines, ...bounded].map(begins), ...laptops(spec)]

const iam = (eventName: readonly string[], rest: Pattern): Pattern => calls('iam', { eventName, ...rest })

/** Who did it is in CloudTrail by the role, which nobody can choose; a user or root has none there. */
const notByRoutine = ({ routineRoles }: AlertsSpec): Pattern => {
  const issuer = (arn: Matchers) => ({ userIdentity: { sessionContext: { sessionIssuer: { arn } } } })
  return routineRoles.length === 0
    ? {}
    : { $or: [issuer([{ 'anything-but': routineRoles }]), issuer([{ exists: false }])] }
}

/** A window is a policy of the elevated role, and closing one writes it as well: both are told. */
const elevation: Alert = {
  name: 'elevation',
  says: 'The window of an elevated role was written',
  pattern: iam(['PutRolePolicy'], {
    requestParameters: { roleName: [begins('kiro-elevated-')], policyName: [names.elevationWindow] },
  }),
}

const made = (spec: AlertsSpec): Alert => ({
  name: 'made',
  says: 'A role with a name of ours was made',
  pattern: iam(['CreateRole'], { requestParameters: { roleName: ofOurs(spec) }, ...notByRoutine(spec) }),
})

/** Inline policies of elevated roles but for the window, of all others any. */
const written = (spec: AlertsSpec): Alert => ({
  name: 'written',
  says: 'A policy was written into a role of ours',
  pattern: iam(['PutRolePolicy'], {
    requestParameters: {
      $or: [
        { roleName: [...[...machines, 'kiro-readonly-'].map(begins), ...laptops(spec)] },
        {
          roleName: [begins('kiro-elevated-')],
          policyName: [{ 'anything-but': [names.elevationWindow] }],
        },
      ],
    },
    ...notByRoutine(spec),
  }),
})

/**
 * A policy that went may have been one that denies. Not those that hold all that a machine may do, nor AWS's own of
 * readonly roles: nothing remains that could be more. The window of an elevated role goes when it is closed by hand.
 */
const lifted = (spec: AlertsSpec): Alert => ({
  name: 'lifted',
  says: 'A policy was taken away from a role of ours',
  pattern: iam(['DeleteRolePolicy', 'DetachRolePolicy'], {
    requestParameters: {
      roleName: ofOurs(spec),
      $or: [
        {
          policyName: [
            {
              'anything-but': [
                ...[names.elevationWindow, 'kiro-instance', 'kiro-image-builder', 'kiro-flow-logs'],
                'kiro-alerts',
              ],
            },
          ],
        },
        { policyArn: [{ 'anything-but': ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }] },
      ],
    },
    ...notByRoutine(spec),
  }),
})

/** Trust, boundary, length of sessions, and whose it is by its tags: these hold the roles, and no routine changes them. */
const roles = (spec: AlertsSpec): Alert => ({
  name: 'roles',
  says: 'Trust, boundary or owner of a role were changed',
  pattern: iam(
    ['DeleteRolePermissionsBoundary', 'PutRolePermissionsBoundary', 'UpdateAssumeRolePolicy', 'UpdateRole'],
    { requestParameters: { roleName: ofOurs(spec) } },
  ),
})

/** The policy of engineers goes by the owner that a role names. Windows tag it with their reason, which is no owner. */
const owners = (spec: AlertsSpec): Alert => ({
  name: 'owners',
  says: 'The tags that say whose a role is were changed',
  pattern: iam(['TagRole'], {
    requestParameters: { roleName: ofOurs(spec), tags: { key: [tag.owner, tag.sandbox, tag.region] } },
  }),
})

/** Not to readonly roles: whatever is attached there, boundary and denials hold, and these are watched. */
const attached = (spec: AlertsSpec): Alert => ({
  name: 'attached',
  says: 'A policy was attached to a role of ours',
  pattern: iam(['AttachRolePolicy'], {
    requestParameters: { roleName: [...[...machines, 'kiro-elevated-'].map(begins), ...laptops(spec)] },
  }),
})

/** A machine of ours with a stronger role, or a role of ours on another machine. */
const profiles: Alert = {
  name: 'profiles',
  says: 'Profile and role of a machine do not belong together',
  pattern: iam(['AddRoleToInstanceProfile'], {
    requestParameters: {
      $or: ['kiro-ec2-', 'kiro-image-builder-'].flatMap((prefix) => [
        { instanceProfileName: [begins(prefix)], roleName: [{ 'anything-but': { prefix } }] },
        { roleName: [begins(prefix)], instanceProfileName: [{ 'anything-but': { prefix } }] },
      ]),
    },
  }),
}

/** IAM deletes none that is in use, so what is told is other text in one that is. */
const policies = ({ accountId }: AlertsSpec): Alert => ({
  name: 'policies',
  says: 'A policy of ours or a boundary was changed',
  pattern: iam(['CreatePolicyVersion', 'SetDefaultPolicyVersion'], {
    requestParameters: { policyArn: [begins(`arn:aws:iam::${accountId}:policy/kiro-`)] },
  }),
})

/** In us-east-1 alone. */
export const listRoleAlerts = (spec: AlertsSpec): readonly Alert[] => [
  elevation,
  made(spec),
  written(spec),
  lifted(spec),
  attached(spec),
  roles(spec),
  owners(spec),
  profiles,
  policies(spec),
]
