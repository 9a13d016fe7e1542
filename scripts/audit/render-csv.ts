import { inertText } from './inert.ts'
import type { Row } from './row.ts'

const columns = [
  ...['time', 'kind', 'role', 'who', 'call', 'result', 'what', 'writes', 'resources', 'region', 'address'],
  ...['agent', 'windowUntil', 'windowReason', 'sessionId', 'log', 'requestId', 'eventId'],
] as const

/**
 * A spreadsheet takes what begins with = + - @ for a formula, and a user agent can begin with what it likes.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const cell = (value: string): string => {
  const text = inertText(value)
  const safe = /^[=+\-@|%]/.test(text.trimStart()) ? `'${text}` : text
  return /[",]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const renderCsvHead = (): string => columns.join(',')

export const renderCsv = (row: Row): string => {
  const { time, kind, role, who, call, result, what, writes, resources, region, address, agent } = row
  const log = row.log === null ? '' : `${row.log.group}:${row.log.stream}`
  return [
    ...[time, kind, role, who, call, result, what, writes ? 'yes' : 'no', resources.join(' '), region],
    ...[address, agent, row.window?.until ?? '', row.window?.reason ?? '', row.sessionId ?? '', log],
    ...[row.requestId ?? '', row.eventId],
  ]
    .map(cell)
    .join(',')
}

/** One line each: a reader needs no more than that in its memory, and neither do we. */
export const renderJson = (row: Row): string => inertText(JSON.stringify(row))
