/** One call as CloudTrail has it, and the names of the rules that are to tell of it: of daily business none. */
export interface AlertRow {
  readonly says: string
  readonly told: readonly string[]
  readonly region: string
  readonly source: string
  readonly detail: Readonly<Record<string, unknown>>
}

export const account = '111122223333'
const here = 'us-west-2'
const us = 'us-east-1'
export const identityCenterRegion = 'eu-west-1'
const operatorArn = `arn:aws:iam::${account}:role/Operator`
export const routineRoles = [operatorArn]

const by = (arn: string) => ({ userIdentity: { sessionContext: { sessionIssuer: { type: 'Role', arn } } } })
export const operator = by(operatorArn)
const mallory = by(`arn:aws:iam::${account}:role/Mallory`)
/** Has no role behind it. */
const user = { userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/mallory` } }

const row =
  (region: string, source: string) =>
  (
    told: readonly string[],
    says: string,
    eventName: string,
    requestParameters: object,
    who: object = mallory,
  ) => ({
    ...{ told, says, region, source: `aws.${source}` },
    detail: { eventSource: `${source}.amazonaws.com`, eventName, requestParameters, ...who },
  })

const iam = row(us, 'iam')
const elevated = { roleName: 'kiro-elevated-alice' }
const readonly = { roleName: 'kiro-readonly-alice' }
const machine = { roleName: 'kiro-ec2-alice' }
const strangers = { roleName: 'deploy' }
const ofSet = { roleName: 'AWSReservedSSO_KiroDevWrite_0a1b2c3d4e5f6071' }
const ofLogin = { roleName: 'AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071' }
const ours = [elevated, readonly, machine, ofSet, ofLogin].concat(
  ['kiro-image-builder-us-west-2', 'kiro-flow-logs-us-west-2', 'kiro-alert-forwarder', 'KiroReadOnly'].map(
    (roleName) => ({ roleName }),
  ),
)
const policyName = 'extra'
const window = { policyName: 'kiro-elevation-window' }
const administrator = { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }
const ownPolicy = (name: string) => ({ policyArn: `arn:aws:iam::${account}:policy/${name}` })

const holds = [
  'DeleteRolePermissionsBoundary',
  'PutRolePermissionsBoundary',
  'UpdateAssumeRolePolicy',
  'UpdateRole',
]

const roles: readonly AlertRow[] = [
  ...ours.flatMap((role) => [
    iam(['made'], `${role.roleName} is made`, 'CreateRole', role),
    iam(['written'], `an inline policy of ${role.roleName}`, 'PutRolePolicy', { ...role, policyName }),
    iam(['lifted'], `an inline policy of ${role.roleName} goes`, 'DeleteRolePolicy', { ...role, policyName }),
    iam(['lifted'], `a policy of ${role.roleName} goes`, 'DetachRolePolicy', { ...role, ...administrator }),
    ...holds.map((call) => iam(['roles'], `${call} on ${role.roleName}`, call, role)),
  ]),
  ...ours
    .filter((role) => role !== readonly)
    .map((role) =>
      iam(['attached'], `a policy for ${role.roleName}`, 'AttachRolePolicy', { ...role, ...administrator }),
    ),
  iam(['elevation'], 'a window', 'PutRolePolicy', { ...elevated, ...window }),
  iam(['elevation'], 'a window by routine', 'PutRolePolicy', { ...elevated, ...window }, operator),
  iam(['written'], 'the name of a window on another role', 'PutRolePolicy', { ...readonly, ...window }),
  iam(['roles'], 'a name in capitals', 'UpdateAssumeRolePolicy', { roleName: 'KIRO-Elevated-alice' }),
  iam(['made'], 'a role made by a user', 'CreateRole', machine, user),
  iam(['written'], 'a policy written by a user', 'PutRolePolicy', { ...machine, policyName }, user),
  iam(['lifted'], 'a denial taken away', 'DetachRolePolicy', {
    ...readonly,
    ...ownPolicy('kiro-readonly-deny-secrets-alice'),
  }),
  iam(['owners'], 'another owner', 'TagRole', {
    ...elevated,
    tags: [{ key: 'kiro:owner', value: 'mallory' }],
  }),
  ...['CreatePolicyVersion', 'SetDefaultPolicyVersion'].flatMap((call) => [
    iam(['policies'], `${call} of a boundary`, call, ownPolicy('kiro-elevated-boundary-alice')),
    iam(
      ['policies'],
      `${call} of a boundary of laptops`,
      call,
      ownPolicy('kiro-laptop-dev-boundary'),
      operator,
    ),
  ]),
  iam(['profiles'], 'a stronger role for a machine', 'AddRoleToInstanceProfile', {
    ...{ instanceProfileName: 'kiro-ec2-alice', roleName: 'Administrator' },
  }),
  iam(['profiles'], 'a machine role elsewhere', 'AddRoleToInstanceProfile', {
    ...{ instanceProfileName: 'mine', ...machine },
  }),
  ...holds.map((call) => iam(['roles'], `${call} by routine`, call, machine, operator)),
  iam(
    ['attached'],
    'a policy attached by routine',
    'AttachRolePolicy',
    { ...machine, ...administrator },
    operator,
  ),
]

const quietRoles: readonly AlertRow[] = [
  ...['CreateRole', 'DeleteRolePolicy', 'PutRolePolicy', 'UpdateAssumeRolePolicy'].map((call) =>
    iam([], `${call} on a role of others`, call, { ...strangers, policyName }),
  ),
  ...['AttachRolePolicy', 'DetachRolePolicy'].map((call) =>
    iam([], `${call} on a role of others`, call, { ...strangers, ...administrator }),
  ),
  iam([], 'a permission set of others', 'PutRolePolicy', {
    ...{ roleName: 'AWSReservedSSO_Payroll_0a1b2c3d4e5f6071', policyName },
  }),
  iam([], 'a look', 'GetRole', elevated),
  iam([], 'a role goes', 'DeleteRole', machine),
  iam([], 'a window closed by hand', 'DeleteRolePolicy', { ...elevated, ...window }),
  iam([], 'all that a machine may do goes', 'DeleteRolePolicy', { ...machine, policyName: 'kiro-instance' }),
  iam([], 'what readonly roles read by goes', 'DetachRolePolicy', {
    ...readonly,
    policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
  }),
  iam([], 'a policy within the boundary of readonly', 'AttachRolePolicy', {
    ...readonly,
    ...ownPolicy('kiro-readonly-deny-data-alice'),
  }),
  iam([], 'the reason of a window', 'TagRole', {
    ...elevated,
    tags: [{ key: 'kiro:elevated-reason', value: 'x' }],
  }),
  iam([], 'a policy that is made', 'CreatePolicy', { policyName: 'kiro-elevated-boundary-alice' }),
  iam([], 'a policy that goes', 'DeletePolicy', ownPolicy('kiro-elevated-boundary-alice')),
  iam([], 'a policy of others', 'CreatePolicyVersion', ownPolicy('payroll')),
  iam([], 'a machine gets its own role', 'AddRoleToInstanceProfile', {
    ...{ instanceProfileName: 'kiro-ec2-alice', ...machine },
  }),
  iam([], 'a sandbox made by routine', 'CreateRole', machine, operator),
  iam(
    [],
    'a machine policy by routine',
    'PutRolePolicy',
    { ...machine, policyName: 'kiro-instance' },
    operator,
  ),
  iam(
    [],
    'a sandbox removed by routine',
    'DetachRolePolicy',
    {
      ...{ ...readonly, ...ownPolicy('kiro-readonly-deny-data-alice') },
    },
    operator,
  ),
]

const sso = row(identityCenterRegion, 'sso')
const permissionSetArn = 'arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef'
const sets: readonly AlertRow[] = [
  ...[
    ...['AttachCustomerManagedPolicyReferenceToPermissionSet', 'AttachManagedPolicyToPermissionSet'],
    ...['CreateAccountAssignment', 'DeletePermissionsBoundaryFromPermissionSet', 'ProvisionPermissionSet'],
    ...['DeleteInlinePolicyFromPermissionSet', 'DetachManagedPolicyFromPermissionSet', 'UpdatePermissionSet'],
    ...['DetachCustomerManagedPolicyReferenceFromPermissionSet', 'PutInlinePolicyToPermissionSet'],
    'PutPermissionsBoundaryToPermissionSet',
  ].map((call) => sso(['permission-sets'], call, call, { permissionSetArn })),
  sso([], 'a look at a permission set', 'DescribePermissionSet', { permissionSetArn }),
  sso([], 'an assignment that goes', 'DeleteAccountAssignment', { permissionSetArn }),
]

const topicArn = `arn:aws:sns:us-east-1:${account}:kiro-sandbox-alerts`
const rule = 'kiro-alert-roles'

/** @param keyId of the key that the stack has made */
const watch = (keyId: string): readonly AlertRow[] => {
  const [sns, logs, kms] = [row(us, 'sns'), row(us, 'logs'), row(us, 'kms')]
  const keyArn = `arn:aws:kms:us-east-1:${account}:key/${keyId}`
  return [
    ...['AddPermission', 'DeleteTopic', 'RemovePermission', 'SetTopicAttributes'].flatMap((call) => [
      sns(['watch'], call, call, { topicArn }),
      sns([], `${call} of another topic`, call, { topicArn: `${topicArn}-of-others` }),
    ]),
    ...['SetSubscriptionAttributes', 'Unsubscribe'].flatMap((call) => [
      sns(['watch'], call, call, { subscriptionArn: `${topicArn}:0a1b` }),
      sns([], `${call} elsewhere`, call, {
        subscriptionArn: `arn:aws:sns:us-east-1:${account}:payroll:0a1b`,
      }),
    ]),
    ...['DeleteLogGroup', 'DeleteLogStream', 'DeleteRetentionPolicy', 'PutRetentionPolicy'].flatMap(
      (call) => [
        logs(['watch'], call, call, { logGroupName: '/aws/events/kiro-sandbox-alerts' }),
        logs([], `${call} elsewhere`, call, { logGroupName: '/payroll' }),
      ],
    ),
    ...['DeleteResourcePolicy', 'PutResourcePolicy'].flatMap((call) => [
      logs(['watch'], call, call, { policyName: 'kiro-sandbox-alerts' }),
      logs([], `${call} elsewhere`, call, { policyName: 'payroll' }),
    ]),
    ...['DisableKey', 'PutKeyPolicy', 'ScheduleKeyDeletion'].flatMap((call) => [
      kms(['watch'], call, call, { keyId }),
      kms(['watch'], `${call} by ARN`, call, { keyId: keyArn }),
      kms([], `${call} of another key`, call, { keyId: '0a1b2c3d-0000-4000-8000-000000000000' }),
    ]),
    ...[here, us, identityCenterRegion].flatMap((region) => {
      const events = row(region, 'events')
      return [
        ...['DeleteRule', 'DisableRule', 'PutRule'].map((call) =>
          events(['rules'], `${call} in ${region}`, call, { name: rule }),
        ),
        ...['PutTargets', 'RemoveTargets'].map((call) =>
          events(['rules'], `${call} in ${region}`, call, { rule }),
        ),
        events([], `a rule of others in ${region}`, 'DisableRule', { name: 'payroll' }),
        events([], `targets of others in ${region}`, 'RemoveTargets', { rule: 'payroll' }),
      ]
    }),
    ...[here, us].flatMap((region) => {
      const cloudtrail = row(region, 'cloudtrail')
      return [
        ...['DeleteTrail', 'PutEventSelectors', 'StopLogging', 'UpdateTrail'].map((call) =>
          cloudtrail(['trail'], `${call} in ${region}`, call, { name: 'trail' }),
        ),
        cloudtrail([], `a look in ${region}`, 'LookupEvents', {}),
      ]
    }),
  ]
}

export const alertRows = (keyId: string): readonly AlertRow[] => [
  ...[...roles, ...quietRoles, ...sets],
  ...watch(keyId),
]
