import { type Finding, fine, note, wrong } from '../../config/finding.ts'
import { specVersion } from '../../config/spec.ts'
import type { StateLock } from '../aws/state.ts'
import { parseLockTime, renderAge } from '../terraform/failure.ts'
import { type Ground, userOf } from './ground.ts'

export interface StateFacts {
  readonly stack: string
  readonly lock: StateLock | undefined
  /** ETag of the state now, and as the last finished run left it. */
  readonly stateTag: string | undefined
  readonly recordedTag: string | undefined
  /** Of the spec that the last finished run left. */
  readonly version: unknown
}

/** A run that takes longer than this has most likely died with its computer. */
const longRun = 3600_000

const upOf = (stack: string, more = ''): string => {
  const user = userOf(stack)
  return `npm run sandbox:up -- --user ${user ?? '<name>'}${more}`
}

const decideLock = ({ stack, lock }: StateFacts, now: Date): Finding[] => {
  if (lock === undefined) return []
  const age = now.getTime() - parseLockTime(lock.created)
  const says = `${stack} is locked by ${lock.who}, since ${renderAge(lock.created, now.getTime())}`
  if (!(age > longRun)) return [note('state lock', says, 'wait for that run')]
  return [
    wrong(
      'state lock',
      `${says}; a run does not take that long`,
      `if that run is dead for certain: ${upOf(stack, ` --unlock ${lock.id}`)}`,
    ),
  ]
}

const decideRecord = ({ stack, lock, stateTag, recordedTag, version }: StateFacts): Finding[] => {
  if (typeof version === 'number' && version > specVersion)
    return [
      wrong(
        'state',
        `${stack} was made by a newer release (spec version ${version}; this one knows ${specVersion})`,
        'git pull && npm ci',
      ),
    ]
  // Whoever holds the lock is about to change just that.
  if (stateTag === undefined || stateTag === recordedTag || lock !== undefined) return []
  const how =
    recordedTag === undefined ? 'was never finished' : 'was changed since by something else than sandbox:up'
  return [wrong('state', `${stack} ${how}`, upOf(stack, ' --refresh'))]
}

export const decideStates = (states: readonly StateFacts[], now: Date): Finding[] => {
  const findings = states.flatMap((one) => [...decideLock(one, now), ...decideRecord(one)])
  if (findings.length > 0) return findings
  return [fine('states', states.length === 0 ? 'none yet' : `${states.length}, finished and not locked`)]
}

export const findStates = async ({ context: { store }, stacks, record }: Ground): Promise<StateFacts[]> =>
  Promise.all(
    (await stacks()).map(async (stack) => {
      const [lock, stateTag, recorded] = await Promise.all([
        store.findLock(stack),
        store.findStateTag(stack),
        record(stack),
      ])
      const version = (recorded?.spec as { version?: unknown } | undefined)?.version
      return { stack, lock, stateTag, recordedTag: recorded?.stateTag, version }
    }),
  )
