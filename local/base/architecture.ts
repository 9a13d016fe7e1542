export type Architecture = 'arm64' | 'x86_64'

export interface Choice {
  readonly architecture: Architecture
  /** Another one than this machine's, through qemu: every program takes about ten times as long. */
  readonly emulated: boolean
  /** One plain sentence when the guests are not what was wanted. */
  readonly note: string | undefined
}

/** One file of /proc/sys/fs/binfmt_misc: its name and what it says. */
export interface BinfmtEntry {
  readonly name: string
  readonly text: string
}

const names: Readonly<Record<string, Architecture>> = { arm64: 'arm64', x64: 'x86_64' }
/** Whether guests of this architecture run through qemu on a machine that `hostArch` names. */
export const isEmulated = (architecture: Architecture, hostArch: string): boolean =>
  names[hostArch] !== architecture

const handlers: Readonly<Record<Architecture, string>> = { arm64: 'qemu-aarch64', x86_64: 'qemu-x86_64' }

/**
 * F means that the kernel holds the interpreter open, so it works in a container that has none.
 * https://docs.kernel.org/admin-guide/binfmt-misc.html
 */
export const parseBinfmt = ({ name, text }: BinfmtEntry): string | undefined =>
  /^enabled$/m.test(text) && /^flags: \S*F/m.test(text) ? name : undefined

/** `hostArch` as process.arch says it. Undefined where no base can be made at all. */
export const decideArchitecture = (
  wanted: Architecture,
  hostArch: string,
  binfmt: readonly BinfmtEntry[],
): Choice | undefined => {
  const host = names[hostArch]
  if (host === undefined) return undefined
  if (host === wanted) return { architecture: wanted, emulated: false, note: undefined }
  if (binfmt.map(parseBinfmt).includes(handlers[wanted]))
    return {
      architecture: wanted,
      emulated: true,
      note: `Guests are ${wanted}, emulated on this ${host} machine`,
    }
  return {
    architecture: host,
    emulated: false,
    note: `Guests are ${host}, not ${wanted}: this machine cannot run ${wanted} programs (no ${handlers[wanted]} in binfmt_misc)`,
  }
}
