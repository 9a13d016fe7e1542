/** What facts.sh has printed, in our words. */
export interface MachineFacts {
  /** The folder to open is there. */
  readonly folder: boolean
  /** major.minor */
  readonly kernel: string
  readonly libc: string
  readonly freeDiskKiB: number
  readonly memoryKiB: number
  readonly availableKiB: number
}

/** undefined when something is missing, which means that something else has answered. */
export const parseFacts = (text: string): MachineFacts | undefined => {
  const facts = new Map(
    text.split('\n').map((line) => {
      const space = line.indexOf(' ')
      return [line.slice(0, space), line.slice(space + 1)] as const
    }),
  )
  const version = (name: string) => /\d+\.\d+/.exec(facts.get(name) ?? '')?.[0] ?? ''
  const count = (name: string) => Number(facts.get(name) ?? Number.NaN)
  const found = {
    folder: facts.get('folder') === 'yes',
    kernel: version('kernel'),
    libc: version('libc'),
    freeDiskKiB: count('disk'),
    memoryKiB: count('memory'),
    availableKiB: count('available'),
  }
  const numbers = [found.freeDiskKiB, found.memoryKiB, found.availableKiB]
  return numbers.every(Number.isFinite) ? found : undefined
}

export interface Fitness {
  /** The server would not run. */
  readonly lacks: readonly string[]
  /** It would, and not be a joy. */
  readonly warnings: readonly string[]
}

const mib = 1024
/**
 * 1 GB of memory is required, 2 GB are recommended: https://code.visualstudio.com/docs/remote/ssh#_system-requirements
 * Linux calls a machine of 1 GiB about a tenth smaller, because the kernel has its part.
 */
const leastMemory = 900 * mib
const goodMemory = 1800 * mib
/** VS Code has a footprint below 500 MB: https://code.visualstudio.com/docs/supporting/requirements#_hardware */
const leastDisk = 500 * mib
/** https://code.visualstudio.com/docs/remote/linux#_remote-host-container-wsl-linux-prerequisites */
const leastKernel = '4.18'
const leastLibc = '2.28'

const isOlder = (version: string, least: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = least.split('.').map(Number)
  return version !== '' && (major < wantedMajor || (major === wantedMajor && minor < wantedMinor))
}

const inMiB = (kib: number): string => `${Math.round(kib / mib)} MiB`

/** Holds the machine against what the makers of the editors ask for; Cursor and Kiro build on the same server. */
export const decideFitness = (facts: MachineFacts): Fitness => {
  const { freeDiskKiB, memoryKiB, availableKiB, kernel, libc } = facts
  const lacks = [
    ...(memoryKiB < leastMemory ? [`${inMiB(memoryKiB)} of memory, 1 GB is required`] : []),
    ...(freeDiskKiB < leastDisk ? [`${inMiB(freeDiskKiB)} of free disk, 500 MB are required`] : []),
    ...(isOlder(kernel, leastKernel) ? [`kernel ${kernel}, ${leastKernel} is required`] : []),
    ...(isOlder(libc, leastLibc) ? [`glibc ${libc}, ${leastLibc} is required`] : []),
  ]
  const small = memoryKiB >= leastMemory && memoryKiB < goodMemory
  const busy = memoryKiB >= goodMemory && availableKiB < leastMemory
  const warnings = [
    ...(small ? [`${inMiB(memoryKiB)} of memory, at least 2 GB are recommended`] : []),
    ...(busy ? [`only ${inMiB(availableKiB)} of ${inMiB(memoryKiB)} of memory are free now`] : []),
  ]
  return { lacks, warnings }
}
