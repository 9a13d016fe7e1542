import type { Ran } from '../guests/shell.ts'
import type { Invocation, State } from './command.ts'
import { cutOutput } from './output.ts'

export interface Output {
  readonly stdout: string
  readonly stderr: string
}

export const noOutput: Output = { stdout: '', stderr: '' }

/** How an invocation ended, with what it wrote. */
export interface End extends State {
  readonly responseCode: number
  /** Milliseconds since 1970. */
  readonly endedAt: number
  readonly output: Output
}

export type Outcome =
  | { readonly kind: 'running' | 'absent' | 'gone' | 'unknown' }
  | { readonly kind: 'unprepared' }
  | {
      readonly kind: 'done'
      readonly endedAt: number
      readonly exitCode: number
      /** Why the script could not even begin. */
      readonly reason: string
      readonly output: Output
    }

/** Exit codes of run-script.sh: no folder, half a script. 93, delivered before, leaves it to read-result.sh. */
const unprepared = [91, 92]

/** What run-script.sh or read-result.sh said. */
export const parseOutcome = ({ exitCode, stdout, stderr }: Ran): Outcome => {
  if (unprepared.includes(exitCode)) return { kind: 'unprepared' }
  const end = stdout.indexOf('\n')
  const line = stdout.toString('utf8', 0, Math.max(end, 0)).trim()
  if (line === 'running' || line === 'absent' || line === 'gone') return { kind: line }
  const [, seconds, code, reason = ''] = /^done ([\d.]+) (\d+)(?: (.*))?$/.exec(line) ?? []
  // Killed in the middle, with the guest or by it.
  if (exitCode !== 0 || seconds === undefined || code === undefined) return { kind: 'unknown' }
  return {
    kind: 'done',
    endedAt: Math.round(Number(seconds) * 1000),
    exitCode: Number(code),
    reason: reason.trim(),
    output: { stdout: cutOutput(stdout.subarray(end + 1), 24_000), stderr: cutOutput(stderr, 8000) },
  }
}

/** 128 + SIGKILL: what the agent reports of a script that it has killed (agent/appconfig/constants_unix.go). */
const killed = 137

const decideState = (exitCode: number, cancelling: boolean): State => {
  if (exitCode === 0) return { status: 'Success', details: 'Success' }
  // A script that ends itself with 137 is taken for one that was killed; the agent makes no difference either.
  if (exitCode !== killed) return { status: 'Failed', details: 'Failed' }
  return cancelling
    ? { status: 'Cancelled', details: 'Cancelled' }
    : { status: 'TimedOut', details: 'ExecutionTimedOut' }
}

/** The agent tells of a failure in stderr, glued to the last line of the script. */
const addFailure = (stderr: string, state: State, exitCode: number, reason: string): string =>
  state.status === 'Failed'
    ? cutOutput(Buffer.from(`${stderr}failed to run commands: ${reason || `exit status ${exitCode}`}`), 8000)
    : stderr

export const decideEnd = (done: Outcome & { kind: 'done' }, { status }: Invocation): End => {
  const { exitCode, endedAt, output, reason } = done
  const state = decideState(exitCode, status === 'Cancelling')
  const stderr = addFailure(output.stderr, state, exitCode, reason)
  return { ...state, responseCode: exitCode, endedAt, output: { stdout: output.stdout, stderr } }
}

const failed = { status: 'Failed', details: 'Failed' } as const

export const endUnprepared = (folder: string, endedAt: number): End => ({
  ...failed,
  responseCode: 1,
  endedAt,
  output: { stdout: '', stderr: `failed to create orchestrationDir directory, ${folder}` },
})

/** The script ran and nobody will ever say how it ended. */
export const endLost = (why: string, { status }: Invocation, endedAt: number): End => ({
  ...(status === 'Cancelling' ? ({ status: 'Cancelled', details: 'Cancelled' } as const) : failed),
  responseCode: killed,
  endedAt,
  output: { stdout: '', stderr: `failed to run commands: ${why}` },
})

/** It never began, or its machine is gone. */
export const endUndelivered = (
  details: 'DeliveryTimedOut' | 'Undeliverable' | 'Terminated' | 'Cancelled',
  endedAt: number,
): End => {
  const statuses = {
    DeliveryTimedOut: 'TimedOut',
    Undeliverable: 'Failed',
    Terminated: 'Cancelled',
    Cancelled: 'Cancelled',
  } as const
  return { status: statuses[details], details, responseCode: -1, endedAt, output: noOutput }
}
