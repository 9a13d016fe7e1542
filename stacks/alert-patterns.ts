import type { AlertsSpec } from '../config/alerts-spec.ts'

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
export type Pattern = { readonly [key: string]: Pattern | readonly unknown[] }

export interface Alert {
  readonly name: string
  /** What the mail begins with. */
  readonly says: string
  readonly pattern: Pattern
  /** CloudTrail counts it among the reads, which rules leave out unless they ask for them. */
  readonly reads?: true
}

const ofRole = (...prefixes: string[]) => ({ roleName: prefixes.map((prefix) => ({ prefix })) })

const iam = (eventName: readonly string[], requestParameters: Pattern): Pattern => ({
  source: ['aws.iam'],
  'detail-type': ['AWS API Call via CloudTrail'],
  detail: { eventSource: ['iam.amazonaws.com'], eventName, requestParameters },
})

/** A window is a policy of the elevated role, and closing one writes it as well: both are told. */
const elevation: Alert = {
  name: 'elevation',
  says: 'The window of an elevated role was written',
  pattern: iam(['PutRolePolicy'], ofRole('kiro-elevated-')),
}

/** With push there is no policy to write: the session itself is told, where the engineer's call went. */
const handover = (accountId: string): Alert => ({
  name: 'handover',
  says: 'A session of an elevated role was made for a sandbox',
  pattern: {
    source: ['aws.sts'],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: {
      eventSource: ['sts.amazonaws.com'],
      eventName: ['AssumeRole'],
      requestParameters: { roleArn: [{ prefix: `arn:aws:iam::${accountId}:role/kiro-elevated-` }] },
    },
  },
  reads: true,
})

/** Trust, boundary, or what is in a boundary: the three that hold the roles. Policies that are attached count as well. */
const roles: Alert = {
  name: 'roles',
  says: 'Trust, boundary or policies of a role were changed',
  pattern: iam(
    [
      'AttachRolePolicy',
      'DeleteRolePermissionsBoundary',
      'PutRolePermissionsBoundary',
      'UpdateAssumeRolePolicy',
    ],
    ofRole('kiro-', 'KiroReadOnly', 'KiroDevWrite', 'KiroProd'),
  ),
}

const boundaries = (accountId: string): Alert => ({
  name: 'policies',
  says: 'A policy of the sandboxes or a boundary was changed',
  pattern: iam(['CreatePolicyVersion', 'DeletePolicy', 'SetDefaultPolicyVersion'], {
    policyArn: [{ prefix: `arn:aws:iam::${accountId}:policy/kiro-` }],
  }),
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

type Scope = Pick<AlertsSpec, 'accountId' | 'mode'>

/** Happens in the region that was spoken to, so it has to be listened for there. */
export const listRegionalAlerts = ({ accountId, mode }: Scope): readonly Alert[] => [
  signIn,
  ...(mode === 'push' ? [handover(accountId)] : []),
]

/** Of what IAM does there are events in us-east-1 and nowhere else, wherever the call came from.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html */
export const listAlerts = (scope: Scope): readonly Alert[] => [
  elevation,
  roles,
  boundaries(scope.accountId),
  ...listRegionalAlerts(scope),
]

export const ruleState = ({ reads }: Alert): string =>
  reads === true ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED'
