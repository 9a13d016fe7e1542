import { parseUserName } from '../../config/user-name.ts'
import type { Subject } from '../../scripts/audit/subject.ts'
import { planWindow, renderWindow } from '../../scripts/elevation/window.ts'
import { type Made, makeEvent } from './record.ts'

export const user = parseUserName('alice')
export const subject: Subject = {
  user,
  logins: new Set(['alice', 'alice@corp.example']),
  instances: new Set(['i-0123456789abcdef0']),
  address: { ip: '10.0.0.7', since: Date.parse('2026-01-01T11:00:00Z') },
  aliases: new Set(['/kiro-sandbox/default/image/current']),
}
export const end = Date.parse('2026-01-01T18:00:00Z')
export const at = (clock: string) => `2026-01-01T${clock}Z`
export const roleName = 'kiro-elevated-alice'
export const iam = { source: 'iam', name: 'PutRolePolicy' }
export const put = (time: string, policyDocument: string, more: Made = {}) =>
  makeEvent({
    ...iam,
    time,
    request: { roleName, policyName: 'kiro-elevation-window', policyDocument },
    ...more,
  })
export const open = (time: string, minutes: number, allow?: readonly string[]) =>
  put(time, renderWindow(planWindow(new Date(time), minutes * 60, allow)))
export const tagged = (time: string, until: string, reason: string) =>
  makeEvent({
    ...{ source: 'iam', name: 'TagRole', time },
    request: {
      roleName,
      tags: Object.entries({ until, by: 'arn:aws:sts::1:assumed-role/Sso/alice', reason }).map(
        ([key, value]) => ({
          key: `kiro:elevated-${key}`,
          value,
        }),
      ),
    },
  })
