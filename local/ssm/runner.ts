import { setMaxListeners } from 'node:events'
import type { Ran, Shell } from '../guests/shell.ts'
import { type Command, decideNext, type Invocation, isFinal, isOpen } from './command.ts'
import type { CommandBook } from './command-book.ts'
import { decideAnswer, decideFate } from './fate.ts'
import type { Fleet } from './fleet.ts'
import { type End, endUndelivered, type Outcome, parseOutcome } from './outcome.ts'
import { type Platform, type Programs, planFolder, planRun } from './script-plan.ts'

export interface RunnerDeps {
  readonly shell: Shell
  readonly fleet: Fleet
  readonly book: CommandBook
  readonly programs: Programs
  /** /var/lib/amazon/ssm, but for tests. */
  readonly base: string
  readonly now: () => number
  readonly log: (line: string) => void
  readonly isOnline: (instanceId: string) => boolean
  readonly findPlatform: (instanceId: string) => Platform
}

export interface Runner {
  /** Starts what may start now. */
  advance(commandId: string): void
  cancel(commandId: string, instanceIds: readonly string[]): void
  /** Takes up what an earlier gateway left, and from then on looks after what nobody waits for. */
  resume(): void
  close(): void
}

/** Milliseconds between two looks at commands whose end nobody waits for. */
const often = 1000

/**
 * Brings commands to machines and brings their ends back. The files in the guest are the truth: the call that waits
 * beside a script only makes it fast, and may break without harm.
 */
export const createRunner = (deps: RunnerDeps): Runner => {
  const { shell, fleet, book, programs, base, now, log } = deps
  /** Calls into guests that are on their way; at most one for an invocation and a boot. */
  const hands = new Set<string>()
  const closing = new AbortController()
  // As many as there are calls on their way; no leak.
  setMaxListeners(0, closing.signal)
  let timer: NodeJS.Timeout | undefined

  const find = (commandId: string, instanceId: string): Invocation | undefined =>
    book.find(commandId)?.invocations.find((invocation) => invocation.instanceId === instanceId)

  const change = (commandId: string, instanceId: string, part: Partial<Invocation>): void => {
    const command = book.find(commandId)
    if (command === undefined) return
    const invocations = command.invocations.map((invocation) =>
      invocation.instanceId === instanceId ? { ...invocation, ...part } : invocation,
    )
    book.put({ ...command, invocations })
  }

  const end = (commandId: string, instanceId: string, { output, ...state }: End): void => {
    const invocation = find(commandId, instanceId)
    if (invocation === undefined || isFinal(invocation) || closing.signal.aborted) return
    // The output first: whoever sees the end may ask for it at once.
    if (output.stdout !== '' || output.stderr !== '') book.writeOutput(commandId, instanceId, output)
    change(commandId, instanceId, state)
    advance(commandId)
  }

  const settle = (commandId: string, instanceId: string, outcome: Outcome): void => {
    const invocation = find(commandId, instanceId)
    if (invocation === undefined || isFinal(invocation) || closing.signal.aborted) return
    const folder = planFolder(base, commandId, instanceId)
    const answer = decideAnswer(outcome, invocation, fleet.find(instanceId), folder, now())
    if (answer === 'again')
      change(commandId, instanceId, { status: 'Pending', details: 'Pending', startedAt: null })
    else if (typeof answer === 'object') end(commandId, instanceId, answer)
  }

  const reach = async (commandId: string, instanceId: string, call: () => Promise<Ran>): Promise<void> => {
    // A call into an earlier boot may never come back.
    const key = `${commandId}/${instanceId}/${fleet.find(instanceId)?.bootedAt}`
    if (hands.has(key)) return
    hands.add(key)
    let outcome: Outcome = { kind: 'unknown' }
    try {
      outcome = parseOutcome(await call())
    } catch (error) {
      if (!closing.signal.aborted) log(`command ${key}: ${(error as Error).message}`)
    } finally {
      hands.delete(key)
    }
    settle(commandId, instanceId, outcome)
  }

  const run = (instanceId: string, argv: readonly string[], stdin?: Buffer) =>
    shell.run(instanceId, argv, { signal: closing.signal, ...(stdin === undefined ? {} : { stdin }) })

  const deliver = (command: Command, invocation: Invocation): void => {
    const { commandId } = command
    const { instanceId } = invocation
    change(commandId, instanceId, { status: 'InProgress', details: 'InProgress', startedAt: now() })
    const { argv, stdin } = planRun(programs, base, command, invocation, deps.findPlatform(instanceId))
    void reach(commandId, instanceId, () => run(instanceId, argv, stdin))
  }

  const ask = (commandId: string, instanceId: string): void => {
    const argv = ['sh', '-c', programs.read, 'read', planFolder(base, commandId, instanceId)]
    void reach(commandId, instanceId, () => run(instanceId, argv))
  }

  const kill = (commandId: string, instanceId: string): void => {
    const argv = ['sh', '-c', programs.cancel, 'cancel', planFolder(base, commandId, instanceId)]
    // Told again at the next look when it did not arrive.
    run(instanceId, argv).catch((error: Error) => log(`cancel ${commandId}/${instanceId}: ${error.message}`))
  }

  const advance = (commandId: string): void => {
    const command = book.find(commandId)
    if (command === undefined || closing.signal.aborted) return
    const { start, terminate } = decideNext(command, deps.isOnline)
    for (const { instanceId } of terminate) end(commandId, instanceId, endUndelivered('Terminated', now()))
    for (const invocation of start) deliver(command, invocation)
  }

  const lookAt = (command: Command, invocation: Invocation): void => {
    const { instanceId, status } = invocation
    const fate = decideFate(command, invocation, fleet.find(instanceId), now())
    if (status === 'Cancelling' || (typeof fate === 'object' && fate.details === 'ExecutionTimedOut'))
      kill(command.commandId, instanceId)
    if (typeof fate === 'object') end(command.commandId, instanceId, fate)
    else if (fate === 'ask') ask(command.commandId, instanceId)
  }

  const look = (): void => {
    for (const command of book.list().filter(isOpen)) {
      for (const invocation of command.invocations) if (!isFinal(invocation)) lookAt(command, invocation)
      advance(command.commandId)
    }
  }

  return {
    advance,
    cancel(commandId, instanceIds) {
      for (const instanceId of instanceIds) {
        const invocation = find(commandId, instanceId)
        if (invocation?.status === 'Pending') end(commandId, instanceId, endUndelivered('Cancelled', now()))
        if (invocation?.status !== 'InProgress') continue
        change(commandId, instanceId, { status: 'Cancelling', details: 'Cancelling' })
        kill(commandId, instanceId)
      }
    },
    resume() {
      timer ??= setInterval(look, often).unref()
      look()
    },
    close() {
      clearInterval(timer)
      closing.abort()
    },
  }
}
