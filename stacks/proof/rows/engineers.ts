import { about, allows, type Circumstance, type Line, lacks, type Row, when } from '../row.ts'

const arn = (service: string, rest: string) => `arn:aws:${service}:{region}:{account}:${rest}`
const mine = { 'aws:ResourceTag/kiro:owner': '{user}' }
const theirs = { 'aws:ResourceTag/kiro:owner': '{other}' }
const bounded = (keys: Circumstance['keys'], boundary = '{boundary}') => ({
  ...keys,
  'iam:PermissionsBoundary': boundary,
})
const is = (says: string, keys: Circumstance['keys']): Circumstance => ({ says, ...(keys && { keys }) })

const endpoint = arn('ec2', 'instance-connect-endpoint/eice-1')
const tunnel = (keys: Circumstance['keys'] = {}) => ({
  'aws:ResourceTag/kiro:sandbox': 'shared',
  'ec2-instance-connect:remotePort': '22',
  'ec2-instance-connect:privateIpAddress': '{ip}',
  'ec2-instance-connect:maxTunnelDuration': '3600',
  ...keys,
})

const sessions: readonly Line[] = [
  allows('SeeInstances', 'ec2:DescribeInstances'),
  allows('SeeInstances', 'ssm:DescribeInstanceInformation'),
  allows('StartSessionOwnSandbox', 'ssm:StartSession', '{instance}', is('own instance', mine)),
  lacks('nothing', 'ssm:StartSession', '{other instance}', is("another engineer's instance", theirs)),
  lacks('nothing', 'ssm:StartSession', '{instance}', is('an instance without an owner', undefined)),
  lacks(
    'nothing',
    'ssm:StartSession',
    '{other instance}',
    is('an owner that is a wildcard', { 'aws:ResourceTag/kiro:owner': '*' }),
  ),
  lacks(
    'nothing',
    'ssm:StartSession',
    '{instance}',
    is('no document named', { ...mine, 'ssm:SessionDocumentAccessCheck': 'false' }),
  ),
  allows('StartSessionDocuments', 'ssm:StartSession', arn('ssm', 'document/kiro-session-shell')),
  allows('StartSessionDocuments', 'ssm:StartSession', arn('ssm', 'document/kiro-session-ssh')),
  lacks(
    'nothing',
    'ssm:StartSession',
    arn('ssm', 'document/kiro-session-shell'),
    is('no document named', { 'ssm:SessionDocumentAccessCheck': 'false' }),
  ),
  lacks(
    'nothing',
    'ssm:StartSession',
    arn('ssm', 'document/SSM-SessionManagerRunShell'),
    is("the account's default shell", undefined),
  ),
  lacks(
    'nothing',
    'ssm:StartSession',
    'arn:aws:ssm:{region}::document/AWS-StartPortForwardingSessionToRemoteHost',
  ),
  lacks('nothing', 'ssm:StartSession', arn('ssm', 'document/kiro-session-forward-host'), {
    ...is('ports of hosts, as shipped', undefined),
    variant: 'shipped',
  }),
  allows(
    'OwnDataChannel',
    'ssmmessages:OpenDataChannel',
    'arn:aws:ssm:{region}:{account}:session/AROAEXAMPLE:{user}{domain}-0a1b',
  ),
  lacks(
    'nothing',
    'ssmmessages:OpenDataChannel',
    'arn:aws:ssm:{region}:{account}:session/AROAEXAMPLE:{other}-0a1b',
    is("another engineer's session", undefined),
  ),
  allows(
    'EndOwnSessions',
    'ssm:TerminateSession',
    arn('ssm', 'session/s'),
    is('own session', { 'ssm:resourceTag/aws:ssmmessages:session-id': 'AROAEXAMPLE:{user}{domain}' }),
  ),
  lacks(
    'nothing',
    'ssm:TerminateSession',
    arn('ssm', 'session/s'),
    is("another engineer's session", {
      'ssm:resourceTag/aws:ssmmessages:session-id': 'AROAEXAMPLE:{other}{domain}',
    }),
  ),
  lacks('nothing', 'ssm:ResumeSession', arn('ssm', 'session/s'), is('a session of nobody', undefined)),
]

const machine: readonly Line[] = [
  allows('PowerOwnSandbox', 'ec2:StartInstances', '{instance}', is('own instance', mine)),
  allows('PowerOwnSandbox', 'ec2:StopInstances', '{instance}', is('own instance', mine)),
  lacks('nothing', 'ec2:StopInstances', '{other instance}', is("another engineer's instance", theirs)),
  lacks('nothing', 'ec2:StartInstances', '{instance}', is('an instance without an owner', undefined)),
  lacks('nothing', 'ec2:TerminateInstances', '{instance}', is('own instance', mine)),
  lacks('nothing', 'ec2:ModifyInstanceAttribute', '{instance}', is('own instance', mine)),
  lacks('nothing', 'ssm:SendCommand', '{instance}', is('own instance', mine)),
  allows(
    'TunnelToOwnSandbox',
    'ec2-instance-connect:OpenTunnel',
    endpoint,
    is('own address, port 22', tunnel()),
  ),
  lacks(
    'nothing',
    'ec2-instance-connect:OpenTunnel',
    endpoint,
    is('another port', tunnel({ 'ec2-instance-connect:remotePort': '5432' })),
  ),
  lacks(
    'nothing',
    'ec2-instance-connect:OpenTunnel',
    endpoint,
    is('longer than an hour', tunnel({ 'ec2-instance-connect:maxTunnelDuration': '3601' })),
  ),
  lacks(
    'nothing',
    'ec2-instance-connect:OpenTunnel',
    endpoint,
    is('outside the sandboxes', tunnel({ 'ec2-instance-connect:privateIpAddress': '192.0.2.5' })),
  ),
  lacks(
    'nothing',
    'ec2-instance-connect:OpenTunnel',
    endpoint,
    is('an endpoint of others', tunnel({ 'aws:ResourceTag/kiro:sandbox': undefined })),
  ),
  allows(
    'PushKeyToOwnSandbox',
    'ec2-instance-connect:SendSSHPublicKey',
    '{instance}',
    is('own instance, user kiro', { ...mine, 'ec2:osuser': 'kiro' }),
  ),
  lacks(
    'nothing',
    'ec2-instance-connect:SendSSHPublicKey',
    '{instance}',
    is('as root', { ...mine, 'ec2:osuser': 'root' }),
  ),
  lacks(
    'nothing',
    'ec2-instance-connect:SendSSHPublicKey',
    '{other instance}',
    is("another engineer's instance", { ...theirs, 'ec2:osuser': 'kiro' }),
  ),
]

const window: readonly Line[] = [
  allows('OpenAndCloseOwnWindow', 'iam:PutRolePolicy', '{elevated}', is('own window', bounded(mine))),
  allows('OpenAndCloseOwnWindow', 'iam:DeleteRolePolicy', '{elevated}', is('own window', bounded(mine))),
  lacks('nothing', 'iam:PutRolePolicy', '{elevated}', is('after the boundary was removed', mine)),
  lacks(
    'nothing',
    'iam:PutRolePolicy',
    '{elevated}',
    is('under another boundary', bounded(mine, 'arn:aws:iam::aws:policy/AdministratorAccess')),
  ),
  lacks('nothing', 'iam:PutRolePolicy', '{elevated}', is('the tag kiro:owner removed', bounded({}))),
  lacks(
    'nothing',
    'iam:PutRolePolicy',
    '{other elevated}',
    is(
      "another engineer's window",
      bounded(theirs, 'arn:aws:iam::{account}:policy/kiro-elevated-boundary-{other}'),
    ),
  ),
  lacks('nothing', 'iam:PutRolePolicy', '{readonly}', is('a window on readonly', bounded(mine))),
  lacks('nothing', 'iam:PutRolePolicy', '{ec2}', is('a window on the instance role', bounded(mine))),
  lacks('nothing', 'iam:AttachRolePolicy', '{elevated}', is('', bounded(mine))),
  lacks('nothing', 'iam:UpdateAssumeRolePolicy', '{elevated}', is('', bounded(mine))),
  lacks('nothing', 'iam:DeleteRolePermissionsBoundary', '{elevated}', is('boundary removal', bounded(mine))),
  lacks('nothing', 'iam:PutRolePermissionsBoundary', '{elevated}', is('boundary replaced', bounded(mine))),
  lacks('nothing', 'iam:CreatePolicyVersion', '{boundary}', is('boundary rewritten', mine)),
  allows('ReadOwnWindow', 'iam:GetRolePolicy', '{elevated}', is('own window', mine)),
  lacks('nothing', 'iam:GetRolePolicy', '{elevated}', is('the tag kiro:owner removed', undefined)),
  lacks('nothing', 'iam:GetRolePolicy', '{other elevated}', is("another engineer's window", theirs)),
  allows(
    'RecordReason',
    'iam:TagRole',
    '{elevated}',
    is('the reason', {
      ...mine,
      'aws:TagKeys': ['kiro:elevated-until', 'kiro:elevated-by', 'kiro:elevated-reason'],
    }),
  ),
  lacks(
    'nothing',
    'iam:TagRole',
    '{elevated}',
    is('becoming the owner', { ...mine, 'aws:TagKeys': ['kiro:elevated-by', 'kiro:owner'] }),
  ),
  lacks('nothing', 'iam:TagRole', '{elevated}', is('no tag named', mine)),
  lacks(
    'nothing',
    'iam:TagRole',
    '{elevated}',
    is('the tag kiro:owner removed', { 'aws:TagKeys': ['kiro:elevated-by'] }),
  ),
  lacks(
    'nothing',
    'iam:UntagRole',
    '{elevated}',
    is('taking the owner away', { ...mine, 'aws:TagKeys': ['kiro:owner'] }),
  ),
]

/** What nobody who has only this policy can do. */
const beyond: readonly Line[] = [
  lacks('nothing', 's3:GetObject', 'arn:aws:s3:::{state}/sandbox-{other}/terraform.tfstate'),
  lacks('nothing', 'ssm:UpdateDocument', arn('ssm', 'document/kiro-session-shell')),
  lacks('nothing', 'ssm:CreateDocument', arn('ssm', 'document/kiro-session-mine')),
  lacks(
    'nothing',
    'ec2:CreateTags',
    '{other instance}',
    is('becoming the owner', { 'aws:TagKeys': ['kiro:owner'] }),
  ),
  lacks('nothing', 'iam:PassRole', 'arn:aws:iam::{account}:role/deploy'),
  lacks('nothing', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey', '{instance}', is('', mine)),
]

const everyone = [...sessions, ...machine, ...window, ...beyond]

/** The policy of one engineer knows the address; the team's knows the range only. */
const engineer = [
  ...everyone,
  lacks(
    'nothing',
    'ec2-instance-connect:OpenTunnel',
    endpoint,
    is("another engineer's address", tunnel({ 'ec2-instance-connect:privateIpAddress': '{other ip}' })),
  ),
  allows(
    'OwnDataChannel',
    'ssmmessages:OpenDataChannel',
    'arn:aws:ssm:{region}:{account}:session/{user}{domain}-0a1b',
    is('named after the login', undefined),
  ),
  allows('StartSessionDocuments', 'ssm:StartSession', arn('ssm', 'document/kiro-session-forward-host'), {
    says: 'ports of hosts, by setting',
    variant: 'opened',
  }),
]

const team = [
  ...everyone,
  allows(
    'TunnelToOwnSandbox',
    'ec2-instance-connect:OpenTunnel',
    endpoint,
    is(
      "another engineer's address: a tunnel without a key leads to a closed door",
      tunnel({ 'ec2-instance-connect:privateIpAddress': '{other ip}' }),
    ),
  ),
  allows('StartSessionOwnSandbox', 'ssm:StartSession', '{instance}', {
    ...is('login with a domain', mine),
    variant: 'login',
  }),
  lacks('nothing', 'ssm:StartSession', '{instance}', {
    ...is('the same name in another directory', mine),
    variant: 'login',
    as: { session: '{user}@evil.example' },
  }),
  lacks('nothing', 'ssm:StartSession', '{instance}', {
    ...is('a login that ends in the name', mine),
    as: { session: 'not-{user}{domain}' },
  }),
]

export const engineerRows: readonly Row[] = [
  ...about('engineer', "engineer's policy", engineer),
  ...about(
    'engineer',
    "engineer's policy, with a domain",
    when({ says: '', variant: 'login' }, sessions.slice(2, 4)),
  ),
  ...about('team engineer', 'one policy for all engineers', team),
  ...about('administrator', 'trust: the engineer opens windows, and is not the role', [
    lacks('trust', 'sts:AssumeRole', '{elevated}', {
      says: 'the permission set is not in the settings',
      variant: 'shipped',
    }),
  ]),
]
