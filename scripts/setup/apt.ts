import { UserError } from '../../config/user-error.ts'
import { askProgram, renderComplaint } from './ask-program.ts'
import { listOnPath } from './on-path.ts'
import type { Found, InstallPlan, Machine, Place, Tool } from './tool.ts'

export interface Package {
  readonly name: 'shellcheck' | 'shfmt'
  readonly why: string
}

const elsewhere = (name: string, platform: NodeJS.Platform): string =>
  platform === 'darwin'
    ? `brew install ${name}`
    : `install ${name} with the package manager of this machine, e.g. sudo dnf install ${name}`

/** Pure: the argv that installs it here, or a UserError with what to type. */
export const planAptInstall = (
  name: string,
  { platform, aptGet, sudo, root }: Machine,
  interactive: boolean,
): readonly string[] => {
  if (aptGet === undefined)
    throw new UserError(`${name} is not installed`, { hint: elsewhere(name, platform) })
  const install = [aptGet, 'install', '--yes', '--no-install-recommends', name]
  if (root) return install
  if (sudo === undefined)
    throw new UserError(`${name} is not installed, and installing it takes root`, {
      hint: `as root: apt-get install ${name}`,
    })
  // Nobody is there to type a password: -n fails at once where sudo would wait for ever.
  return interactive ? [sudo, ...install] : [sudo, '-n', ...install]
}

/** `version: 0.9.0` of shellcheck, `v3.8.0` or `3.8.0` of shfmt. */
export const parsePackageVersion = (stdout: string): string | undefined =>
  /(?:^|\s)v?(\d+\.\d+(?:\.\d+)?)/m.exec(stdout)?.[1]

const findPackage = async (name: string, place: Place): Promise<Found | undefined> => {
  for (const path of listOnPath(name, place.env)) {
    const reply = await askProgram(path, ['--version'], { env: place.env })
    const version = reply.exitCode === 0 ? parsePackageVersion(reply.stdout) : undefined
    if (version !== undefined) return { path, version, origin: 'on PATH', restsOn: [path] }
  }
  return undefined
}

/** A fresh machine or container has no package lists yet: fetched once, then tried again. */
const installPackage = async (name: string, place: Place, note: (text: string) => void): Promise<void> => {
  const argv = planAptInstall(name, place.machine, place.interactive)
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
    throw new UserError(`apt-get could not install ${name}: ${renderComplaint(second)}`, {
      hint: argv.join(' '),
    })
}

const createTool = ({ name, why }: Package): Omit<Tool<'shellcheck' | 'shfmt'>, 'facts' | 'name'> => ({
  title: name,
  why,
  question: () => [],
  find: (place) => findPackage(name, place),
  planInstall: ({ machine, interactive }): InstallPlan => ({
    title: `install the package ${name} with apt-get`,
    outside: true,
    command: planAptInstall(name, machine, interactive).join(' '),
  }),
  install: async (place, note) => {
    await installPackage(name, place, note)
    const found = await findPackage(name, place)
    if (found === undefined)
      throw new UserError(`apt-get installed ${name}, but it is not on PATH`, { hint: 'echo $PATH' })
    return found
  },
})

export const shellcheck: Tool<'shellcheck'> = {
  ...createTool({ name: 'shellcheck', why: 'by npm run check to read shell scripts' }),
  name: 'shellcheck',
  facts: ({ path }) => ({ shellcheck: path }),
}

export const shfmt: Tool<'shfmt'> = {
  ...createTool({ name: 'shfmt', why: 'by npm run check to format shell scripts' }),
  name: 'shfmt',
  facts: ({ path }) => ({ shfmt: path }),
}
