import { setTimeout as delay } from 'node:timers/promises'
import { isFailure, type ShimFailure, type ShimReady, type ShimRun } from './shim.ts'

export type ControlState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly ready: ShimReady }
  | { readonly kind: 'failed'; readonly failure: ShimFailure }
  | { readonly kind: 'stopped' }

export interface Supervisor {
  state(): ControlState
  restarts(): number
  /** Ready, failed or stopped; `undefined` when neither came true in time. */
  settled(milliseconds: number): Promise<Exclude<ControlState, { kind: 'starting' }> | undefined>
  stop(): Promise<void>
}

export interface SupervisorOptions {
  readonly start: () => ShimRun
  readonly log: (line: string) => void
  readonly onFailed: (failure: ShimFailure) => void
  readonly now: () => number
}

/** A life this long clears the record. */
const longLife = 30_000
const quickDeaths = 6

/** Milliseconds to wait before the next life; undefined: no more lives. */
export const planRestart = (deaths: number): number | undefined =>
  deaths > quickDeaths ? undefined : deaths <= 1 ? 0 : Math.min(100 * 2 ** (deaths - 2), 2000)

/** Keeps one shim alive. Its answered calls are on disk, so a new life continues where the old one ended. */
export const supervise = ({ start, log, onFailed, now }: SupervisorOptions): Supervisor => {
  let state: ControlState = { kind: 'starting' }
  let run: ShimRun | undefined
  let restarts = 0
  let deaths = 0
  const waiting = new Set<() => void>()

  const enter = (next: ControlState) => {
    state = next
    for (const wake of [...waiting]) wake()
  }

  const fail = (failure: ShimFailure) => {
    log(`moto failed: ${failure.error}: ${failure.detail}`)
    enter({ kind: 'failed', failure })
    onFailed(failure)
  }

  /** One life; true when another one shall follow. */
  const live = async (first: boolean): Promise<boolean> => {
    const born = now()
    run = start()
    const began = await run.started
    if (state.kind === 'stopped') return false
    if (isFailure(began)) {
      // The lock of a killed predecessor falls with it, but not in the same instant.
      if (first || (began.error !== 'locked' && began.error !== 'start')) {
        fail(began)
        return false
      }
      log(`moto did not start again: ${began.error}: ${began.detail}`)
    } else {
      enter({ kind: 'ready', ready: began })
      log(`moto ${began.moto} is ready, process ${began.pid}`)
    }
    const end = await run.ended
    if ((state as ControlState).kind === 'stopped') return false
    log(`moto ended unexpectedly (${end})`)
    deaths = now() - born > longLife ? 1 : deaths + 1
    enter({ kind: 'starting' })
    return true
  }

  const keepAlive = async () => {
    for (let first = true; await live(first); first = false) {
      const pause = planRestart(deaths)
      if (pause === undefined)
        return fail({ error: 'unstable', detail: `moto ended ${deaths} times in a row soon after its start` })
      if (pause > 0) await delay(pause)
      if (state.kind === 'stopped') return
      restarts += 1
    }
  }
  void keepAlive()

  return {
    state: () => state,
    restarts: () => restarts,
    async settled(milliseconds) {
      const deadline = now() + milliseconds
      while (state.kind === 'starting') {
        const left = deadline - now()
        if (left <= 0) return undefined
        await new Promise<void>((resolve) => {
          const wake = () => {
            clearTimeout(timer)
            waiting.delete(wake)
            resolve()
          }
          const timer = setTimeout(wake, left)
          waiting.add(wake)
        })
      }
      return state
    },
    async stop() {
      enter({ kind: 'stopped' })
      await run?.stop()
    },
  }
}
