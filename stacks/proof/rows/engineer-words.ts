import type { Circumstance } from '../row.ts'

export const arn = (service: string, rest: string) => `arn:aws:${service}:{region}:{account}:${rest}`
export const mine = { 'aws:ResourceTag/kiro:owner': '{user}' }
export const theirs = { 'aws:ResourceTag/kiro:owner': '{other}' }

/** Words and keys of a circumstance in one breath: there are many. */
export const is = (says: string, keys: Circumstance['keys']): Circumstance => ({
  says,
  ...(keys && { keys }),
})

export const endpoint = arn('ec2', 'instance-connect-endpoint/eice-1')
export const tunnel = (keys: Circumstance['keys'] = {}) => ({
  'aws:ResourceTag/kiro:sandbox': 'shared',
  'ec2-instance-connect:remotePort': '22',
  'ec2-instance-connect:privateIpAddress': '{ip}',
  'ec2-instance-connect:maxTunnelDuration': '3600',
  ...keys,
})
