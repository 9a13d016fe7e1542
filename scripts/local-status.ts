import { exitCode } from '../config/user-error.ts'
import type { ControlPlane } from '../local/control/read.ts'
import { common, defineCommand } from './cli/command.ts'

const mebibytes = (bytes: number | null): string =>
  bytes === null ? 'unknown' : `${Math.round(bytes / 1024 / 1024)} MiB`

const duration = (seconds: number): string => {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0
    ? `${hours} h ${minutes} min`
    : minutes > 0
      ? `${minutes} min ${Math.floor(seconds % 60)} s`
      : `${seconds} s`
}

const renderGuests = ({ guests: { state, running } }: ControlPlane): string => {
  if (state.kind !== 'on') return state.kind === 'off' ? `off: ${state.reason}` : 'starting'
  const { base, note } = state.request
  return `${running} running, ${state.engine}; ${base.description}${note === null ? '' : `; ${note}`}`
}

export const renderControlPlane = (plane: ControlPlane): string =>
  [
    ['state', plane.state],
    ['endpoint', plane.endpoint],
    ['account', plane.accountId],
    ['uptime', duration(plane.uptimeSeconds)],
    ['calls', `${plane.calls} (${plane.errors} refused or failed)`],
    ['moto', `${plane.moto ?? 'not running'}, restarted ${plane.shim.restarts} times`],
    ['machines', renderGuests(plane)],
    ['processes', `gateway ${plane.pid}, moto ${plane.shim.pid ?? '-'}`],
    ['memory', `gateway ${mebibytes(plane.memoryBytes.gateway)}, moto ${mebibytes(plane.memoryBytes.shim)}`],
    ['on disk', mebibytes(plane.stateBytes)],
  ]
    .map(([name = '', value]) => `${name.padEnd(11)}${value}`)
    .join('\n')

export const command = defineCommand({
  name: 'local:status',
  summary: 'show whether the embedded local target runs (exit 3 when it does not)',
  flags: { json: common.json },
  examples: ['npm run local:status', 'npm run -s local:status -- --json'],
  run: async (flags, io) => {
    const { planPaths } = await import('../config/paths.ts')
    const { readControlPlane } = await import('../local/control/read.ts')
    const plane = await readControlPlane(planPaths(process.env))
    if (flags.json)
      io.answer(JSON.stringify(plane === undefined ? { running: false } : { running: true, ...plane }))
    else io.answer(plane === undefined ? 'not running' : renderControlPlane(plane))
    if (plane === undefined) io.story.say('next: npm run local:up')
    return plane?.state === 'ready' ? exitCode.done : exitCode.finding
  },
})
