import { printable } from '../../config/user-name.ts'
import type { JournalRecord } from '../gateway/journal.ts'

/** undefined for a line that is no record, such as the half one of a process that was killed. */
export const parseRecord = (line: string): JournalRecord | undefined => {
  try {
    const record = JSON.parse(line) as JournalRecord
    return typeof record.time === 'string' && typeof record.operation === 'string' ? record : undefined
  } catch {
    return undefined
  }
}

/** `assumed-role/kiro-readonly-alice/alice` says it all; account and partition are the same on every line. */
const shortName = (arn: string | null): string => (arn === null ? '-' : arn.split(':').slice(5).join(':'))

const pad = (value: number): string => String(value).padStart(2, '0')

const localTime = (time: string): string => {
  const date = new Date(time)
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** One call on one line. What callers may have chosen is escaped: a terminal obeys control characters. */
export const renderRecord = (record: JournalRecord): string =>
  [
    localTime(record.time),
    record.status,
    printable(`${record.service}:${record.operation}`),
    printable(shortName(record.principal)),
    `${record.ms}ms`,
    ...(record.error === null ? [] : [printable(record.error)]),
  ].join('  ')
