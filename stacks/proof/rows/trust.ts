import { about, allows, type Circumstance, denies, lacks, type Row, when } from '../row.ts'

const assume = 'sts:AssumeRole'
const stolen = { 'aws:SourceIp': '198.51.100.77', 'aws:SourceVpc': undefined, 'aws:VpcSourceIp': undefined }

/** The box becomes its own two roles, under its engineer's name. */
const own = about('instance', 'trust: the own instance', [
  allows('OwnRolesOnly', assume, '{readonly}'),
  allows('OwnRolesOnly', assume, '{elevated}'),
  lacks('trust', assume, '{readonly}', {
    says: 'as somebody else',
    keys: { 'sts:RoleSessionName': '{other}' },
  }),
  lacks('trust', assume, '{elevated}', {
    says: 'as somebody else',
    keys: { 'sts:RoleSessionName': '{other}' },
  }),
  lacks('trust', assume, '{elevated}', {
    says: 'without a session name',
    keys: { 'sts:RoleSessionName': undefined },
  }),
  denies('ImdsV2CredentialsOnly', assume, '{readonly}', {
    says: 'credentials of IMDSv1',
    keys: { 'ec2:RoleDelivery': '1.0' },
  }),
  lacks('trust', assume, '{other readonly}', { says: "another engineer's role" }),
  lacks('trust', assume, '{other elevated}', { says: "another engineer's role" }),
  lacks('trust', assume, '{builder}'),
])

const ownInstance = {
  'ec2:SourceInstanceARN': '{instance}',
  'aws:Ec2InstanceSourceVpc': '{vpc}',
  'aws:Ec2InstanceSourcePrivateIPv4': '{ip}',
  'ec2:RoleDelivery': '2.0',
}

/**
 * An administrator may call AssumeRole on everything, so only the trust stands between him and the roles; without
 * a network binding only the marks of the credentials do.
 */
const onlyTrust = (role: string, to: string): readonly Row[] =>
  about(
    'administrator',
    `trust: only the trust of ${role}`,
    when({ says: 'no network binding', variant: 'unbound' }, [
      lacks('trust', assume, to, { says: 'no instance at all' }),
      lacks('trust', assume, to, { says: 'on the instance, but another role', keys: ownInstance }),
      ...when({ says: 'the role of the instance', as: { role: '{ec2}' }, keys: ownInstance }, [
        lacks('trust', assume, to, {
          says: 'on another instance',
          keys: { 'ec2:SourceInstanceARN': '{other instance}' },
        }),
        lacks('trust', assume, to, {
          says: 'outside of any instance',
          keys: {
            'ec2:SourceInstanceARN': undefined,
            'aws:Ec2InstanceSourceVpc': undefined,
            'aws:Ec2InstanceSourcePrivateIPv4': undefined,
          },
        }),
        lacks('trust', assume, to, {
          says: 'credentials from another VPC',
          keys: { 'aws:Ec2InstanceSourceVpc': 'vpc-0fffffffffffffff0' },
        }),
      ]),
    ]),
  )

const strangers = [
  ...about('other instance', "trust: another engineer's instance", [
    lacks('trust', assume, '{readonly}'),
    lacks('trust', assume, '{elevated}'),
    allows('OwnRolesOnly', assume, '{other readonly}', {
      says: 'its own role, its own name',
      keys: { 'sts:RoleSessionName': '{other}' },
    }),
  ]),
  ...about('other account', 'trust: another account', [
    lacks('trust', assume, '{readonly}'),
    lacks('trust', assume, '{elevated}'),
    lacks('trust', assume, '{ec2}'),
  ]),
  ...about('administrator', 'trust: machine roles are for EC2', [
    lacks('trust', assume, '{ec2}'),
    lacks('trust', assume, '{builder}'),
  ]),
  ...about('EC2', 'trust: machine roles are for EC2', [
    allows('Ec2', assume, '{ec2}'),
    allows('Ec2', assume, '{builder}'),
    lacks('service', assume, '{readonly}'),
    lacks('service', assume, '{elevated}'),
  ]),
  ...about('Lambda', 'trust: machine roles are for EC2', [
    lacks('service', assume, '{ec2}'),
    lacks('service', assume, '{elevated}'),
  ]),
]

/** Credentials of the metadata service, carried off the box. */
const thieves = about('instance', 'trust: stolen instance credentials', [
  ...(['{readonly}', '{elevated}'] as const).flatMap((to) => [
    ...when({ says: 'nat-eip', variant: 'nat-eip' }, [
      allows('OwnRolesOnly', assume, to, { says: 'from the box' }),
      lacks('trust', assume, to, { says: 'from elsewhere', keys: stolen }),
      lacks('trust', assume, to, {
        says: 'through any endpoint',
        keys: { ...stolen, 'aws:SourceIp': undefined },
      }),
    ]),
    ...when({ says: 'vpce', variant: 'vpce' }, [
      allows('OwnRolesOnly', assume, to, { says: 'from the box' }),
      lacks('trust', assume, to, { says: 'from elsewhere', keys: stolen }),
      lacks('trust', assume, to, {
        says: "on another engineer's box",
        keys: { 'aws:VpcSourceIp': '{other ip}' },
      }),
      lacks('trust', assume, to, {
        says: "through an endpoint of the thief's VPC",
        keys: { 'aws:SourceVpc': 'vpc-0fffffffffffffff0' },
      }),
    ]),
    allows('OwnRolesOnly', assume, to, {
      says: 'from elsewhere, no network binding: a gap that the settings close',
      variant: 'unbound',
      keys: stolen,
    }),
  ]),
])

const path = 'arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com'
const withSet: Circumstance = { says: 'permission set KiroEngineer', variant: 'login' }
const laptop = (role: string, user = '{user}@example.com') => ({
  as: { role: `${path}/${role}`, session: user },
})

/** The engineer's own login of IAM Identity Center, where the settings name a permission set. */
const login = about('login', 'trust: login on a laptop', [
  ...when(withSet, [
    allows('Everything', assume, '{elevated}', { says: 'Identity Center in eu-west-1' }),
    allows('Everything', assume, '{elevated}', {
      says: 'Identity Center in us-east-1, no region in the path',
      ...laptop('AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071'),
    }),
    allows('Everything', assume, '{elevated}', {
      says: 'the permission set assigned anew',
      ...laptop('ap-southeast-2/AWSReservedSSO_KiroEngineer_ffffffffffffffff'),
    }),
    lacks('trust', assume, '{elevated}', {
      says: 'another permission set',
      ...laptop('eu-west-1/AWSReservedSSO_ReadOnly_0a1b2c3d4e5f6071'),
    }),
    ...['', 'eu-west-1/'].map((region) =>
      lacks('trust', assume, '{elevated}', {
        says: `a permission set whose name begins alike, ${region === '' ? 'no region' : 'with a region'}`,
        ...laptop(`${region}AWSReservedSSO_KiroEngineer_x_0a1b2c3d4e5f6071`),
      }),
    ),
    lacks('trust', assume, '{elevated}', {
      says: "another engineer's login",
      ...laptop('eu-west-1/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071', '{other}@example.com'),
    }),
    lacks('trust', assume, '{elevated}', {
      says: 'the same name in another directory',
      ...laptop('eu-west-1/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071', '{user}@evil.example'),
    }),
    lacks('trust', assume, '{elevated}', {
      says: 'a role that only looks like one of Identity Center',
      as: {
        role: 'arn:aws:iam::{account}:role/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071',
        session: '{user}@example.com',
      },
    }),
    lacks('trust', assume, '{elevated}', {
      says: 'as somebody else',
      keys: { 'sts:RoleSessionName': '{other}' },
    }),
    lacks('trust', assume, '{readonly}', { says: 'readonly is for the box' }),
    lacks('trust', assume, '{other elevated}', {
      says: "another engineer's role",
      keys: { 'sts:RoleSessionName': '{other}' },
    }),
  ]),
  lacks('trust', assume, '{elevated}', { says: 'no permission set in the settings', variant: 'shipped' }),
])

export const trustRows: readonly Row[] = [
  ...own,
  ...onlyTrust('readonly', '{readonly}'),
  ...onlyTrust('elevated', '{elevated}'),
  ...strangers,
  ...thieves,
  ...login,
]
