import { about, allows, type Circumstance, denies, lacks, type Row, when } from '../row.ts'

const push: Circumstance = { says: 'push', variant: 'push' }
const assume = 'sts:AssumeRole'
const tagSession = 'sts:TagSession'
const bucket = 'arn:aws:s3:::kiro-proof-team'
const path = 'arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com'
const at = (time: string) => ({ 'aws:CurrentTime': `2026-11-22T${time}Z` })

const reason = {
  'aws:RequestTag/kiro:elevated-reason': 'JIRA-123',
  'aws:RequestTag/kiro:elevated-pushed': 'true',
  'aws:TagKeys': ['kiro:elevated-until', 'kiro:elevated-by', 'kiro:elevated-reason', 'kiro:elevated-pushed'],
}
const mark = 'aws:PrincipalTag/kiro:elevated-pushed'
const laptop = (role: string, user = '{user}@example.com') => ({
  as: { role: `${path}/${role}`, session: user },
})
const strangers: readonly Circumstance[] = [
  { says: 'another permission set', ...laptop('eu-west-1/AWSReservedSSO_ReadOnly_0a1b2c3d4e5f6071') },
  ...['', 'eu-west-1/'].map((region) => ({
    says: `a permission set whose name begins alike, ${region === '' ? 'no region' : 'with a region'}`,
    ...laptop(`${region}AWSReservedSSO_KiroEngineer_x_0a1b2c3d4e5f6071`),
  })),
  {
    says: "another engineer's login",
    ...laptop('eu-west-1/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071', '{other}@example.com'),
  },
  {
    says: 'the same name in another directory',
    ...laptop('eu-west-1/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071', '{user}@evil.example'),
  },
]

/** Caller may do anything, so that the trust alone decides. */
const trust = about(
  'login',
  'push: who becomes elevated',
  when({ ...push, keys: reason }, [
    allows('Everything', assume, '{elevated}'),
    allows('Everything', tagSession, '{elevated}'),
    allows('Everything', assume, '{elevated}', {
      says: 'Identity Center in us-east-1',
      ...laptop('AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071'),
    }),
    lacks('trust', assume, '{elevated}', {
      says: 'without a reason',
      keys: { 'aws:RequestTag/kiro:elevated-reason': undefined, 'aws:TagKeys': undefined },
    }),
    lacks('trust', assume, '{elevated}', {
      says: 'without the mark of a pushed session',
      keys: { 'aws:RequestTag/kiro:elevated-pushed': undefined },
    }),
    lacks('trust', assume, '{elevated}', {
      says: 'as somebody else',
      keys: { 'sts:RoleSessionName': '{other}' },
    }),
    lacks('trust', tagSession, '{elevated}', {
      says: 'with tags of its own making',
      keys: { 'aws:TagKeys': ['kiro:elevated-reason', 'kiro:owner'] },
    }),
    ...strangers.flatMap((stranger) => [
      lacks('trust', assume, '{elevated}', stranger),
      lacks('trust', tagSession, '{elevated}', stranger),
    ]),
    lacks('trust', assume, '{other elevated}', {
      says: "another engineer's role",
      keys: { 'sts:RoleSessionName': '{other}' },
    }),
    lacks('trust', assume, '{readonly}', { says: 'readonly is for the box' }),
  ]),
)

/** The box, and whoever has its credentials, can no more. */
const box = [
  ...about(
    'instance',
    'push: the box becomes readonly only',
    when({ ...push, keys: reason }, [
      lacks('trust', assume, '{elevated}'),
      allows('OwnRolesOnly', assume, '{readonly}', { says: 'as ever' }),
    ]),
  ),
  ...about(
    'administrator',
    'push: only the trust of elevated',
    when({ ...push, keys: reason }, [
      lacks('trust', assume, '{elevated}', { says: 'no login of an engineer' }),
      lacks('trust', tagSession, '{elevated}', { says: 'no login of an engineer' }),
      lacks('trust', assume, '{elevated}', {
        says: 'the role and the marks of the instance',
        as: { role: '{ec2}' },
        keys: { 'ec2:SourceInstanceARN': '{instance}', 'aws:Ec2InstanceSourceVpc': '{vpc}' },
      }),
      lacks('trust', assume, '{elevated}', {
        says: 'a role that only looks like one of Identity Center',
        as: {
          role: 'arn:aws:iam::{account}:role/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071',
          session: '{user}@example.com',
        },
      }),
    ]),
  ),
]

/** The policy of the engineer opens no windows then; the trust tells the engineers apart. */
const engineers = (['engineer', 'team engineer'] as const).flatMap((who) =>
  about(
    who,
    `push: ${who}`,
    when({ ...push, keys: reason }, [
      allows('BecomeOwnElevated', assume, '{elevated}'),
      allows('BecomeOwnElevated', tagSession, '{elevated}'),
      lacks('trust', assume, '{other elevated}', {
        says: "another engineer's role",
        keys: { 'sts:RoleSessionName': '{other}' },
      }),
      lacks('nothing', 'iam:PutRolePolicy', '{elevated}', {
        says: 'no right to write to IAM',
        keys: {
          'aws:ResourceTag/kiro:owner': '{user}',
          'iam:PermissionsBoundary': 'arn:aws:iam::{account}:policy/kiro-elevated-boundary-{user}',
        },
      }),
      lacks('nothing', 'iam:TagRole', '{elevated}', {
        keys: { 'aws:ResourceTag/kiro:owner': '{user}' },
        says: '',
      }),
      allows('ReadOwnWindow', 'iam:GetRole', '{elevated}', {
        says: 'own role',
        keys: { 'aws:ResourceTag/kiro:owner': '{user}' },
      }),
      lacks('nothing', 'ssm:SendCommand', '{instance}', { says: 'handing over needs no Run Command' }),
    ]),
  ),
)

/** The window is the policy of the session: the same document, the same times. */
const session = about(
  'elevated',
  'push: the session',
  when({ ...push, keys: { [mark]: 'true' } }, [
    allows('Standing', 's3:CreateBucket', bucket, { says: 'in the middle' }),
    allows('Standing', 's3:CreateBucket', bucket, { says: 'the last second', keys: at('10:29:59') }),
    lacks('session', 's3:CreateBucket', bucket, { says: 'one second before', keys: at('09:59:59') }),
    denies('AfterWindow', 's3:CreateBucket', bucket, { says: 'at its end', keys: at('10:30:00') }),
    allows('StandingExtras', 'iam:ListRoles'),
    denies('AfterWindow', 'iam:ListRoles', '*', { says: 'at its end', keys: at('10:30:00') }),
    ...when({ says: "with --allow 's3:*,lambda:*'", window: 'scoped' }, [
      allows('Standing', 's3:CreateBucket', bucket),
      allows('Standing', 'ec2:DescribeRegions', '*', { says: 'the probe' }),
      lacks('session', 'dynamodb:CreateTable', 'arn:aws:dynamodb:{region}:{account}:table/mine'),
      lacks('session', 'ec2:RunInstances', 'arn:aws:ec2:{region}:{account}:instance/*'),
      denies('AfterWindow', 's3:CreateBucket', bucket, { says: 'at its end', keys: at('10:30:00') }),
    ]),
    ...when({ says: 'a session that its engineer made without a policy', window: 'none' }, [
      allows('Standing', 's3:CreateBucket', bucket, { says: 'the bounds of the boundary are all there is' }),
      lacks('nothing', 'iam:CreateRole', 'arn:aws:iam::{account}:role/mine'),
      lacks('nothing', 'iam:PutRolePolicy', '{elevated}'),
      lacks('nothing', 'iam:PassRole', 'arn:aws:iam::{account}:role/deploy'),
      lacks('nothing', 'organizations:LeaveOrganization'),
      lacks('nothing', 'account:CloseAccount', 'arn:aws:account::{account}:account'),
      denies('NoOtherIdentity', assume, 'arn:aws:iam::{account}:role/deploy'),
      denies('ControlPlane', 's3:PutObject', 'arn:aws:s3:::{state}/sandbox-{user}/terraform.tfstate'),
      denies('RegionLock', 'ec2:RunInstances', 'arn:aws:ec2:eu-west-1:{account}:instance/*', {
        says: 'in another region',
        keys: { 'aws:RequestedRegion': 'eu-west-1' },
      }),
    ]),
    ...when({ says: 'a session that the box made before the change to push', window: 'none' }, [
      lacks('nothing', 's3:CreateBucket', bucket, { says: '', keys: { [mark]: undefined } }),
      lacks('nothing', 'iam:ListRoles', '*', { says: '', keys: { [mark]: undefined } }),
    ]),
    lacks('nothing', 'iam:CreateRole', 'arn:aws:iam::{account}:role/mine', {
      says: 'a session policy that allows everything',
      window: 'forged',
    }),
  ]),
)

export const pushRows: readonly Row[] = [...trust, ...box, ...engineers, ...session]
