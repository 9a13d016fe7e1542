import type { AlertsSpec } from '../config/alerts-spec.ts'
import { alertRegion } from './access/alert-policies.ts'
import { type Alert, calls } from './alert.ts'
import { listRoleAlerts } from './alert-patterns-roles.ts'
import { trail, watch, watchRules } from './alert-patterns-watch.ts'

/** With push there is no policy to write: the session itself is told, where the engineer's call went. */
const handover = (accountId: string): Alert => ({
  name: 'handover',
  says: 'A session of an elevated role was made for a sandbox',
  pattern: calls('sts', {
    eventName: ['AssumeRole'],
    requestParameters: { roleArn: [{ prefix: `arn:aws:iam::${accountId}:role/kiro-elevated-` }] },
  }),
  reads: true,
})

/** Sandboxes work through the API. Whoever sits in the console as one of their roles got there with its credentials. */
const signIn: Alert = {
  name: 'sign-in',
  says: 'Somebody signed in to the console with a role of a sandbox',
  pattern: {
    source: ['aws.signin'],
    'detail-type': ['AWS Console Sign In via CloudTrail', 'AWS API Call via CloudTrail'],
    detail: {
      eventSource: ['signin.amazonaws.com'],
      eventName: ['ConsoleLogin', 'GetSigninToken'],
      userIdentity: {
        sessionContext: {
          sessionIssuer: {
            userName: ['kiro-ec2-', 'kiro-readonly-', 'kiro-elevated-', 'kiro-image-builder-'].map(
              (prefix) => ({ prefix }),
            ),
          },
        },
      },
    },
  },
}

/**
 * What a permission set is and who has it. Its name is in none of these calls, only its ARN: without ARNs in the settings
 * the mail comes for any of them. What arrives in this account is told by the name of the role as well.
 */
const permissionSets = ({ permissionSetArns }: AlertsSpec): Alert => ({
  name: 'permission-sets',
  says: 'A permission set was changed, provisioned or given to somebody',
  pattern: calls('sso', {
    eventName: [
      'AttachCustomerManagedPolicyReferenceToPermissionSet',
      'AttachManagedPolicyToPermissionSet',
      'CreateAccountAssignment',
      'DeleteInlinePolicyFromPermissionSet',
      'DeletePermissionsBoundaryFromPermissionSet',
      'DetachCustomerManagedPolicyReferenceFromPermissionSet',
      'DetachManagedPolicyFromPermissionSet',
      'ProvisionPermissionSet',
      'PutInlinePolicyToPermissionSet',
      'PutPermissionsBoundaryToPermissionSet',
      'UpdatePermissionSet',
    ],
    ...(permissionSetArns.length === 0 ? {} : { requestParameters: { permissionSetArn: permissionSetArns } }),
  }),
})

/** Happens in the region that was spoken to, so it has to be listened for there. */
export const listRegionalAlerts = (spec: AlertsSpec, region: string): readonly Alert[] => [
  ...(region === spec.region
    ? [signIn, ...(spec.mode === 'push' ? [handover(spec.accountId)] : []), watchRules, trail]
    : []),
  ...(region === spec.identityCenterRegion ? [permissionSets(spec)] : []),
  ...(region === spec.identityCenterRegion && region !== spec.region ? [watchRules] : []),
]

/** Where events are heard and carried on from. */
export const listFarRegions = ({ region, identityCenterRegion }: AlertsSpec): readonly string[] =>
  [...new Set([region, identityCenterRegion ?? region])].filter((one) => one !== alertRegion)

/**
 * Of what IAM does there are events in us-east-1 and nowhere else, wherever the call came from; what other regions carry
 * here is matched once more.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 * @param keyId of the key of topic and log, once there is one
 */
export const listAlerts = (spec: AlertsSpec, keyId?: string): readonly Alert[] => {
  const alerts = [
    ...listRoleAlerts(spec),
    watch(spec.accountId, keyId),
    ...[spec.region, spec.identityCenterRegion ?? spec.region].flatMap((region) =>
      listRegionalAlerts(spec, region),
    ),
  ]
  return [...new Map(alerts.map((alert) => [alert.name, alert])).values()]
}

export const ruleState = ({ reads }: Alert): string =>
  reads === true ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED'
