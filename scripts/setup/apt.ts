import { UserError } from '../../config/user-error.ts'
import { askProgram, renderComplaint } from './ask-program.ts'
import { findOnPath, listOnPath } from './on-path.ts'
import type { Found, InstallPlan, Machine, Place, Tool, ToolName } from './tool.ts'

/** Programs that come together, and the Debian packages that bring them. */
export interface Packages {
  readonly title: string
  readonly why: string
  /** The first one answers --version; the others only have to be there. */
  readonly programs: readonly [string, ...string[]]
  readonly packages: readonly [string, ...string[]]
}

const elsewhere = (names: string, platform: NodeJS.Platform): string =>
  platform === 'darwin'
    ? `brew install ${names}`
    : `install ${names} with the package manager of this machine, e.g. sudo dnf install ${names}`

/** Pure: the argv that installs them here, or a UserError with what to type. */
export const planAptInstall = (
  packages: readonly string[],
  { platform, aptGet, sudo, root }: Machine,
  interactive: boolean,
): readonly string[] => {
  const names = packages.join(' ')
  const verb = packages.length > 1 ? 'are' : 'is'
  if (aptGet === undefined)
    throw new UserError(`${names} ${verb} not installed`, { hint: elsewhere(names, platform) })
  const install = [aptGet, 'install', '--yes', '--no-install-recommends', ...packages]
  if (root) return install
  if (sudo === undefined)
    throw new UserError(`${names} ${verb} not installed, and installing takes root`, {
      hint: `as root: apt-get install ${names}`,
    })
  // Nobody is there to type a password: -n fails at once where sudo would wait for ever.
  return interactive ? [sudo, ...install] : [sudo, '-n', ...install]
}

/** `version: 0.9.0` of shellcheck, `v3.8.0` or `3.8.0` of shfmt. */
export const parsePackageVersion = (stdout: string): string | undefined =>
  /(?:^|\s)v?(\d+\.\d+(?:\.\d+)?)/m.exec(stdout)?.[1]

const findPrograms = async (
  [first, ...others]: Packages['programs'],
  place: Place,
): Promise<Found | undefined> => {
  const beside = others.map((name) => findOnPath(name, place.env))
  if (beside.includes(undefined)) return undefined
  for (const path of listOnPath(first, place.env)) {
    const reply = await askProgram(path, ['--version'], { env: place.env })
    const version = reply.exitCode === 0 ? parsePackageVersion(reply.stdout) : undefined
    if (version !== undefined)
      return { path, version, origin: 'on PATH', restsOn: [path, ...(beside as string[])] }
  }
  return undefined
}

/** A fresh machine or container has no package lists yet: fetched once, then tried again. */
const installPackages = async (
  packages: readonly string[],
  place: Place,
  note: (text: string) => void,
): Promise<void> => {
  const argv = planAptInstall(packages, place.machine, place.interactive)
  const env = { ...place.env, DEBIAN_FRONTEND: 'noninteractive' }
  const start = ([program = '', ...args]: readonly string[]) =>
    askProgram(program, args, { env, seconds: 600 })
  const first = await start(argv)
  if (first.exitCode === 0) return
  place.signal?.throwIfAborted()
  note('apt-get update')
  const until = argv.indexOf('install')
  await start([...argv.slice(0, until), 'update'])
  place.signal?.throwIfAborted()
  const second = await start(argv)
  if (second.exitCode !== 0)
    throw new UserError(`apt-get could not install ${packages.join(' ')}: ${renderComplaint(second)}`, {
      hint: argv.join(' '),
    })
}

export const createTool = <N extends ToolName>({
  title,
  why,
  programs,
  packages,
}: Packages): Omit<Tool<N>, 'facts' | 'name'> => ({
  title,
  why,
  question: () => [],
  find: (place) => findPrograms(programs, place),
  planInstall: ({ machine, interactive }): InstallPlan => ({
    title: `install the package${packages.length > 1 ? 's' : ''} ${packages.join(', ')} with apt-get`,
    outside: true,
    command: planAptInstall(packages, machine, interactive).join(' '),
  }),
  install: async (place, note) => {
    await installPackages(packages, place, note)
    const found = await findPrograms(programs, place)
    if (found !== undefined) return found
    const missing = programs.filter((name) => findOnPath(name, place.env) === undefined)
    const names = (missing.length > 0 ? missing : programs.slice(0, 1)).join(', ')
    throw new UserError(`apt-get installed ${packages.join(' ')}, but ${names} is not on PATH`, {
      hint: 'echo $PATH',
    })
  },
})

const createLinter = (name: 'shellcheck' | 'shfmt', why: string) =>
  createTool({ title: name, why, programs: [name], packages: [name] })

export const shellcheck: Tool<'shellcheck'> = {
  ...createLinter('shellcheck', 'by npm run check to read shell scripts'),
  name: 'shellcheck',
  facts: ({ path }) => ({ shellcheck: path }),
}

export const shfmt: Tool<'shfmt'> = {
  ...createLinter('shfmt', 'by npm run check to format shell scripts'),
  name: 'shfmt',
  facts: ({ path }) => ({ shfmt: path }),
}
