import { allows, type Line, lacks } from '../row.ts'
import { arn, endpoint, is, mine, theirs, tunnel } from './engineer-words.ts'

/** Sessions: the own instance, the documents of the product, never the account's default shell. */
export const sessions: readonly Line[] = [
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

/** Power, tunnel and key: of the own instance. */
export const machine: readonly Line[] = [
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
