import { UserError } from '../../config/user-error.ts'
import type { Diagnostic, RunReport } from './events.ts'
import { type Labels, labelOf } from './labels.ts'

export interface LockInfo {
  readonly id: string
  readonly who: string
  readonly operation: string
  readonly created: string
}

/** The block that Terraform prints with "Error acquiring the state lock". */
export const parseLockInfo = (detail: string): LockInfo | undefined => {
  const field = (name: string) => new RegExp(`^\\s*${name}:\\s*(.+)$`, 'm').exec(detail)?.[1]?.trim()
  const id = field('ID')
  if (id === undefined) return undefined
  return {
    id,
    who: field('Who') ?? 'somebody',
    operation: (field('Operation') ?? '').replace('OperationType', '').toLowerCase(),
    created: field('Created') ?? '',
  }
}

/** Milliseconds since 1970 of a time as Go prints or encodes it, with nanoseconds; NaN for anything else. */
export const parseLockTime = (created: string): number =>
  Date.parse(
    created
      .replace(/(\.\d{3})\d*/, '$1')
      .replace(/ \+0000 UTC$/, 'Z')
      .replace(' ', 'T'),
  )

/** "2 min ago"; a lock from the future means that two clocks disagree, and then no age is better than a wrong one. */
export const renderAge = (created: string, now: number): string => {
  const then = parseLockTime(created)
  if (Number.isNaN(then)) return 'at an unknown time'
  const seconds = Math.round((now - then) / 1000)
  if (seconds < 0) return `at ${new Date(then).toISOString()} by a clock ahead of ours`
  if (seconds < 90) return `${seconds} s ago`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3600)} h ago`
}

const isLock = ({ summary }: Diagnostic) => /^Error acquiring the state lock/i.test(summary)

export const lockedError = (stack: string, lock: LockInfo, now: number, command: string): UserError =>
  new UserError(
    `${stack} is locked by ${lock.who}, who started ${lock.operation || 'a run'} ${renderAge(lock.created, now)}`,
    {
      hint: `wait until it is done; if that run is dead for certain: ${command} --unlock ${lock.id}`,
    },
  )

const known: readonly { readonly test: RegExp; readonly hint: string }[] = [
  { test: /no space left on device/i, hint: 'free some space and run the same command again; it continues' },
  {
    test: /doesn't match any of the checksums|does not match any/i,
    hint: 'the provider found is not the published one; point TERRAFORM_PROVIDER_MIRROR elsewhere',
  },
  {
    test: /ExpiredToken|token.*expired|InvalidClientTokenId/i,
    hint: 'log in again (aws sso login) and run the same command; it continues',
  },
  {
    test: /AccessDenied|UnauthorizedOperation/i,
    hint: 'ask for the permission named above and run the same command; it continues',
  },
  {
    test: /connection refused|no such host/i,
    hint: 'npm run local:status, or check the network; the same command continues',
  },
]

const firstLines = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(0, 4)
    .join(' ')

const describe = (error: Diagnostic, labels: Labels): string => {
  const where = error.address === undefined ? '' : `${labelOf(labels, error.address)}: `
  // Providers put the operation into the summary and AWS's words behind it; the detail repeats or explains.
  const detail = error.detail === '' ? '' : ` - ${firstLines(error.detail)}`
  return `${where}${firstLines(error.summary)}${detail}`
}

export interface Failure {
  readonly stack: string
  readonly report: RunReport
  readonly labels: Labels
  readonly exitCode: number | null
  readonly signal: string | null
  readonly now: number
  /** To type again. */
  readonly command: string
}

/** What went wrong, what exists now, what to type. */
export const explainFailure = ({
  stack,
  report,
  labels,
  exitCode,
  signal,
  now,
  command,
}: Failure): UserError => {
  const errors = report.errors
  // Beside another error, a lock is a consequence: ours, which Terraform could not release.
  const lock =
    errors.length === 1 ? errors.filter(isLock).map(({ detail }) => parseLockInfo(detail))[0] : undefined
  if (lock !== undefined) return lockedError(stack, lock, now, command)
  const made =
    report.created.length === 0
      ? ''
      : `\n  already made: ${report.created.map((address) => labelOf(labels, address)).join(', ')}`
  const text = errors.map((error) => describe(error, labels)).join('\n  ')
  const hint = known.find(({ test }) =>
    errors.some(({ summary, detail }) => test.test(`${summary}\n${detail}`)),
  )?.hint
  const ended = signal === null ? `with exit code ${exitCode}` : `by ${signal}`
  const what = text === '' ? `Terraform ended ${ended} and said nothing${lastWords(report)}` : text
  return new UserError(`${stack}: ${what}${made}`, {
    hint: hint ?? 'mend the cause and run the same command again; it continues where this run stopped',
  })
}

const lastWords = (report: RunReport): string => {
  const last = report.diagnostics.at(-1)
  return last === undefined ? '' : `; its last line: ${last.summary}`
}
