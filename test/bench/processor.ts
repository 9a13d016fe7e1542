import { readdirSync, readFileSync } from 'node:fs'

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // It has ended meanwhile, or is somebody else's.
  }
}

export const listPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

export const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
export const nameOf = (pid: number): string => read(`/proc/${pid}/comm`).trim()
export const machineOf = (pid: number): string => read(`/proc/${pid}/root/etc/machine-id`).trim()
export const childrenOf = (parent: number): number[] =>
  listPids().filter((pid) => read(`/proc/${pid}/status`).includes(`\nPPid:\t${parent}\n`))

/** Milliseconds of processor time that a process has had, with all its threads. */
const spentBy = (pid: number): number => {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.reduce(
      (sum, id) => sum + Number(read(`/proc/${pid}/task/${id}/schedstat`).split(' ')[0]) / 1e6,
      0,
    )
  } catch {
    return 0
  }
}

export type Roles = Readonly<Record<string, readonly number[]>>
export type Spent = Readonly<Record<string, number>>

/** What each role spends between now and the call of what is returned. Other load makes it no more than a little worse. */
export const watchProcessor = (roles: Roles): (() => Spent) => {
  const sum = (pids: readonly number[]) => pids.reduce((total, pid) => total + spentBy(pid), 0)
  const look = () => Object.fromEntries(Object.entries(roles).map(([role, pids]) => [role, sum(pids)]))
  const before = look()
  return () =>
    Object.fromEntries(Object.entries(look()).map(([role, spent]) => [role, spent - (before[role] ?? 0)]))
}

/** The least time that work takes which runs beside each other, on so many cores. */
export const planLeast = (spent: Spent, cores: number): number => {
  const all = Object.values(spent)
  return Math.max(...all, all.reduce((sum, one) => sum + one, 0) / cores)
}
