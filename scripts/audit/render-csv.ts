import { inertText } from './inert.ts'
import type { Row } from './row.ts'

const columns = [
  ...['time', 'kind', 'role', 'who', 'call', 'result', 'what', 'writes', 'resources', 'region', 'address'],
  ...['agent', 'windowUntil', 'windowReason', 'sessionId', 'log', 'requestId', 'eventId'],
] as const

/** What begins a formula, also as wide as Chinese characters: spreadsheets of East Asia read both. */
const formula = '[=+\\-@|%\\u2212\\uff1d\\uff0b\\uff0d\\uff20\\uff5c\\uff05]'

/** Where a cell begins, for whoever reads the file with a semicolon, a bar or a tab between cells, or without quotes. */
const starts = new RegExp(`(^|[,;|"])(?=\\s*${formula})`, 'gu')

/**
 * Of a cell that begins so a spreadsheet makes a formula, and a user agent can begin with what it likes. All cells are
 * quoted; tabs and line ends are escapes already, before anything looks at what a cell begins with.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const cell = (value: string): string => `"${inertText(value).replace(starts, "$1'").replaceAll('"', '""')}"`

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
