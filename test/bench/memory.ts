import { readdirSync, readFileSync } from 'node:fs'

interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
  readonly megabytes: number
}

const readProcess = (pid: number): Process | undefined => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? ''
    return {
      pid,
      parent: Number(field('PPid')),
      command: field('Name'),
      megabytes: Number(field('VmRSS')) / 1024,
    }
  } catch {
    return undefined // It ended between the listing and the look.
  }
}

const proportional = (pid: number): number => {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024
  } catch {
    return 0 // It ended between the two looks.
  }
}

const listProcesses = (): Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? [])

const withDescendants = (all: readonly Process[], pid: number): Process[] => {
  const own = all.filter((one) => one.pid === pid)
  return [
    ...own,
    ...all.filter(({ parent }) => parent === pid).flatMap((child) => withDescendants(all, child.pid)),
  ]
}

export interface Memory {
  /** Resident: pages of Node count as often as it runs. The stricter of the two, and what the target is held to. */
  readonly ours: number
  /** What would be free without us: a shared page counts in parts (`Pss` in proc(5)). */
  readonly oursInParts: number
  readonly terraform: number
  readonly moto: number
}

/** Memory of what we wrote, of Terraform with its providers, and of moto, in MB. */
export const planMemory = (
  all: readonly Process[],
  command: number,
  gateway: number,
  partsOf: (pid: number) => number,
): Memory => {
  const sum = (list: readonly Process[]) => list.reduce((total, { megabytes }) => total + megabytes, 0)
  const below = withDescendants(all, command)
  const isTerraform = ({ command: name }: Process) => name.startsWith('terraform')
  const ours = [...below.filter((one) => !isTerraform(one)), ...all.filter(({ pid }) => pid === gateway)]
  return {
    ours: sum(ours),
    oursInParts: ours.reduce((total, { pid }) => total + partsOf(pid), 0),
    terraform: sum(below.filter(isTerraform)),
    moto: sum(withDescendants(all, gateway).filter(({ pid }) => pid !== gateway)),
  }
}

export const noMemory: Memory = { ours: 0, oursInParts: 0, terraform: 0, moto: 0 }

/** Looks every 250 ms and keeps the highest of each. */
export const watchMemory = (command: number, gateway: number): (() => Memory) => {
  let highest = noMemory
  const look = () => {
    const now = planMemory(listProcesses(), command, gateway, proportional)
    highest = {
      ours: Math.max(highest.ours, now.ours),
      oursInParts: Math.max(highest.oursInParts, now.oursInParts),
      terraform: Math.max(highest.terraform, now.terraform),
      moto: Math.max(highest.moto, now.moto),
    }
  }
  const timer = setInterval(look, 250)
  return () => {
    clearInterval(timer)
    return highest
  }
}
