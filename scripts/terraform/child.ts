import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { endingSignals } from '../cli/interrupts.ts'
import { parseTerraformLine, RunReport, type TerraformEvent } from './events.ts'

export interface TerraformCall {
  readonly terraform: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly onEvent?: (event: TerraformEvent) => void
  readonly onStart?: (pid: number) => void
}

export interface TerraformResult {
  readonly report: RunReport
  readonly exitCode: number | null
  readonly signal: string | null
  readonly interrupted: boolean
}

/**
 * Terraform's garbage collector at its default spends a quarter of the run on the provider's schema; four times
 * the heap before it starts costs memory (+40 %) and saves that.
 */
const gentleCollector = { GOGC: '400' }

/** No update check, no colours, no hints for interactive use. */
const quiet = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' }

/**
 * Runs Terraform in a process group of its own: a Ctrl-C of the terminal would reach it twice otherwise, and
 * the second one makes it drop everything. We send it exactly one SIGINT, and another for each further one.
 */
export const runTerraform = async (call: TerraformCall): Promise<TerraformResult> => {
  const { $ } = await import('zx/core')
  const report = new RunReport()
  const child = $({
    cwd: call.cwd,
    env: { ...call.environment, ...gentleCollector, ...quiet },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    nothrow: true,
    quiet: true,
  })`${call.terraform} ${[...call.args]}`
  const pid = child.pid
  if (pid !== undefined) call.onStart?.(pid)
  const forward = forwardInterrupts(pid, call.signal)
  try {
    await Promise.all([
      readEvents(child.stdout, (event) => {
        report.add(event)
        call.onEvent?.(event)
      }),
      readEvents(child.stderr, (event) => report.add(event)),
    ])
    const { exitCode, signal } = await child
    return { report, exitCode, signal, interrupted: call.signal.aborted }
  } finally {
    forward.stop()
  }
}

const readEvents = async (stream: Readable, onEvent: (event: TerraformEvent) => void): Promise<void> => {
  for await (const line of createInterface({ input: stream })) {
    const event = parseTerraformLine(line)
    if (event !== undefined) onEvent(event)
  }
}

const forwardInterrupts = (pid: number | undefined, signal: AbortSignal): { stop: () => void } => {
  const interrupt = () => {
    try {
      if (pid !== undefined) process.kill(pid, 'SIGINT')
    } catch (error) {
      // Already gone: its exit is on the way to us.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  let asked = false
  const first = () => {
    asked = true
    interrupt()
  }
  // The first signal aborts `signal`, which already calls us; from the second on we forward each.
  const further = () => {
    if (asked) interrupt()
    asked = true
  }
  if (signal.aborted) first()
  else signal.addEventListener('abort', first, { once: true })
  for (const name of endingSignals) process.on(name, further)
  return {
    stop: () => {
      signal.removeEventListener('abort', first)
      for (const name of endingSignals) process.off(name, further)
    },
  }
}
