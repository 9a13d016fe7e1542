import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Paths, planPaths } from '../../config/paths.ts'
import type { Settings } from '../../config/settings.ts'
import type { Story } from '../../config/story.ts'
import { usageError } from '../../config/user-error.ts'
import { parseUserName, type UserName } from '../../config/user-name.ts'
import { StateStore } from '../aws/state.ts'
import type { Io } from '../cli/io.ts'
import { loadSettings } from '../settings-file.ts'
import { openTarget, type Target, withTarget } from '../target.ts'
import type { SessionOptions, TerraformTools } from '../terraform/session.ts'

/** What the typed flags of every sandbox command have in common. */
export interface SandboxFlags {
  readonly target: string | undefined
  readonly config: string | undefined
  readonly yes?: boolean
}

/** Everything a sandbox command works with, opened once. */
export interface Context {
  readonly paths: Paths
  readonly settings: Settings
  readonly target: Target
  readonly store: StateStore
  readonly io: Io
  readonly yes: boolean
  /** As typed, for people who find this run in their way. */
  readonly command: string
}

export const openContext = async (command: string, flags: SandboxFlags, io: Io): Promise<Context> => {
  const paths = planPaths(process.env)
  const settings = withTarget(loadSettings(paths, flags.config), flags.target)
  const yes = flags.yes === true
  const target = await openTarget({ settings, paths, io, yes })
  return { paths, settings, target, store: new StateStore(target), io, yes, command }
}

/** The command as a person would type it again. */
export const renderCommand = (name: string, users: readonly UserName[] = []): string => {
  const flags = users.map((user) => ` --user ${user}`).join('')
  return flags === '' ? `npm run ${name}` : `npm run ${name} --${flags}`
}

/** At least one name, each valid, each once. */
export const parseUsers = (command: string, names: readonly string[]): UserName[] => {
  if (names.length === 0) throw usageError('--user is missing', `npm run ${command} -- --user alice`)
  return [...new Set(names.map(parseUserName))]
}

export const readUserDataScript = (paths: Paths): Promise<string> =>
  readFile(join(paths.root, 'userdata', 'user-data.sh'), 'utf8')

/** Terraform with the environment of the target. Finds or installs what is missing. */
export const openTerraform = async ({ paths, io, yes, target }: Context): Promise<TerraformTools> => {
  const { ensureTools } = await import('../setup/ensure.ts')
  const tools = await ensureTools(['terraform', 'awsProvider'], { ...io, yes }, paths, process.env)
  // A workspace, a data folder or arguments that somebody keeps for other work would lead Terraform elsewhere.
  const environment = Object.fromEntries(
    Object.entries(target.environment).filter(([variable]) => !variable.startsWith('TF_')),
  )
  return {
    terraform: tools.terraform,
    version: tools.terraformVersion,
    environment: { ...environment, TF_CLI_CONFIG_FILE: tools.terraformConfig },
  }
}

export const sessionOptions = (
  { target, paths, io, command }: Context,
  tools: TerraformTools,
  story: Story,
  unlock?: string,
): SessionOptions => ({
  ...{ target, paths, tools, io, story, command },
  ...(unlock === undefined ? {} : { unlock }),
})
