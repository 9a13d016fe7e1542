import { readFileSync } from 'node:fs'
import type { Guests } from '../guests/guests.ts'
import type { Activity } from './activity.ts'
import type { ControlStatus } from './internal.ts'
import type { Supervisor } from './supervisor.ts'

const residentBytes = (pid: number): number | null => {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
  } catch {
    return null // Only Linux tells it this way.
  }
}

export const readStatus = (
  supervisor: Supervisor,
  activity: Activity,
  guests: Guests,
  began: number,
): ControlStatus => {
  const state = supervisor.state()
  const ready = state.kind === 'ready' ? state.ready : undefined
  return {
    state: state.kind === 'failed' ? `failed: ${state.failure.error}: ${state.failure.detail}` : state.kind,
    pid: process.pid,
    uptimeSeconds: Math.round((performance.now() - began) / 100) / 10,
    moto: ready?.moto ?? null,
    calls: activity.calls(),
    errors: activity.errors(),
    guests: {
      state: guests.status(),
      running: guests.fleet?.list().filter(({ bootedAt }) => bootedAt !== undefined).length ?? 0,
    },
    shim: { pid: ready?.pid ?? null, restarts: supervisor.restarts() },
    memoryBytes: {
      gateway: process.memoryUsage.rss(),
      shim: ready === undefined ? null : residentBytes(ready.pid),
    },
  }
}
