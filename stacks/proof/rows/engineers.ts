import { about, allows, lacks, type Row, when } from '../row.ts'
import { machine, sessions } from './engineer-machine.ts'
import { beyond, window } from './engineer-window.ts'
import { arn, endpoint, is, mine, tunnel } from './engineer-words.ts'

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
