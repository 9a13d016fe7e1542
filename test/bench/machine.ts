import { cpus, loadavg, totalmem } from 'node:os'

export interface Machine {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly node: string
  readonly terraform: string
  /** Over 1, 5 and 15 minutes, before the first measurement. */
  readonly load: readonly number[]
}

/** What a reader needs to judge the numbers; nothing that tells whose machine it was. */
export const findMachine = (terraform: string): Machine => ({
  date: new Date().toISOString(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
  node: process.versions.node,
  terraform,
  load: loadavg().map((value) => Math.round(value * 100) / 100),
})

export const renderMachine = (machine: Machine): string =>
  [
    `Measured ${machine.date.slice(0, 16).replace('T', ' ')} UTC on ${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB,`,
    `Node ${machine.node}, Terraform ${machine.terraform}; load at the start ${machine.load.join(', ')}.`,
  ].join('\n')
