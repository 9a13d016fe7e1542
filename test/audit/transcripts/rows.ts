import { parseUserName } from '../../../config/user-name.ts'
import { planRow, type Row } from '../../../scripts/audit/row.ts'
import { makeEvent } from '../record.ts'

const user = parseUserName('alice')
const subject = {
  user,
  logins: new Set(['alice']),
  instances: new Set<string>(),
  address: undefined,
  aliases: new Set<string>(),
}

/** `ec2:DescribeVpcs` at a time of that day, by one of alice's two roles or as herself. */
export const makeRow = (
  call: string,
  time: string,
  {
    role = 'kiro-readonly-alice',
    requestId,
    error,
    readOnly = true,
  }: { role?: string; requestId?: string; error?: string; readOnly?: boolean } = {},
): Row => {
  const [source = '', name = ''] = call.split(':')
  const event = makeEvent({
    source,
    name,
    time: `2026-11-28T${time}Z`,
    role,
    readOnly,
    ...(error === undefined ? {} : { error }),
  })
  return { ...planRow(event, subject, []), requestId: requestId ?? null }
}
