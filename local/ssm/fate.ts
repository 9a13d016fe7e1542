import type { Command, Invocation } from './command.ts'
import type { SsmMachine } from './fleet.ts'
import {
  decideEnd,
  type End,
  endLost,
  endUndelivered,
  endUnprepared,
  noOutput,
  type Outcome,
} from './outcome.ts'

export type Fate = 'wait' | 'ask' | End

/** Milliseconds beyond its time that a script gets to be killed by what watches it in the guest. */
const grace = 60_000

const isGone = (machine: SsmMachine | undefined): boolean =>
  machine === undefined || machine.state === 'terminated'

const decidePending = (command: Command, machine: SsmMachine | undefined, now: number): Fate => {
  if (isGone(machine)) return endUndelivered('Undeliverable', now)
  return now > command.requestedAt + command.timeoutSeconds * 1000
    ? endUndelivered('DeliveryTimedOut', now)
    : 'wait'
}

/** Seen from outside, when nobody waits beside the script: what to do about an invocation that has not ended. */
export const decideFate = (
  command: Command,
  invocation: Invocation,
  machine: SsmMachine | undefined,
  now: number,
): Fate => {
  if (invocation.status === 'Pending') return decidePending(command, machine, now)
  // AWS reports a machine that went away in the middle as undeliverable, too.
  if (isGone(machine) || machine?.state === 'stopped')
    return endUndelivered(invocation.status === 'Cancelling' ? 'Cancelled' : 'Undeliverable', now)
  const overdue = now > (invocation.startedAt ?? 0) + command.executionSeconds * 1000 + grace
  if (overdue)
    return {
      status: 'TimedOut',
      details: 'ExecutionTimedOut',
      responseCode: 137,
      endedAt: now,
      output: noOutput,
    }
  return machine?.state === 'running' ? 'ask' : 'wait'
}

/** Milliseconds that a delivery may take until the guest shows a process for it. */
const arrival = 15_000

const isRebooted = (machine: SsmMachine | undefined, { startedAt }: Invocation): boolean =>
  machine?.bootedAt !== undefined && Date.parse(machine.bootedAt) > (startedAt ?? 0)

/** What the guest answered. It may have been restarted since, and then nothing runs there any more. */
export const decideAnswer = (
  outcome: Outcome,
  invocation: Invocation,
  machine: SsmMachine | undefined,
  folder: string,
  now: number,
): 'wait' | 'again' | End => {
  if (outcome.kind === 'done') return decideEnd(outcome, invocation)
  if (outcome.kind === 'unprepared') return endUnprepared(folder, now)
  if (outcome.kind === 'unknown') return 'wait'
  if (outcome.kind === 'absent')
    return invocation.status === 'Cancelling' ? endUndelivered('Cancelled', now) : 'again'
  if (isRebooted(machine, invocation)) return endLost('the instance was restarted meanwhile', invocation, now)
  const arrived = now - (invocation.startedAt ?? 0) > arrival
  return outcome.kind === 'gone' && arrived
    ? endLost('the script was lost in the instance', invocation, now)
    : 'wait'
}
