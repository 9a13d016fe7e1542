import { type Finding, fine, note } from '../../config/finding.ts'
import { planSettingsMigration, type SettingsMigration } from '../../config/parse-settings.ts'
import type { Paths } from '../../config/paths.ts'
import type { Settings } from '../../config/settings.ts'
import { shellWord } from '../../config/shell-word.ts'
import { UserError } from '../../config/user-error.ts'
import { StateStore } from '../aws/state.ts'
import type { Io } from '../cli/io.ts'
import { loadSettings, readSettings } from '../settings-file.ts'
import { findTarget, type Target, withTarget } from '../target.ts'
import { listAwsChecks } from './aws-checks.ts'
import { type Check, decideBroken, type Looked, runChecks } from './check.ts'
import { openGround } from './ground.ts'
import { listHostChecks } from './host-checks.ts'

export interface DoctorFlags {
  readonly target: string | undefined
  readonly config: string | undefined
  readonly deep: boolean
}

/** Seconds for each look; Terraform may need minutes. They take three on a computer that is idle, and ten times that beside a build. */
const patience = { quick: 90, deep: 900 } as const

const as = (group: string, name: string, finding: Finding): Looked => ({
  ...{ group, name, seconds: 0, findings: [finding] },
})

const decideSettings = (
  says: string,
  file: string,
  older: SettingsMigration | undefined,
  config: string | undefined,
): Finding =>
  older === undefined
    ? fine('settings', says)
    : note(
        'settings',
        `${says}; ${file} has the form of an older release (version ${older.from} instead of ${older.to})`,
        `npm run settings:migrate${config === undefined ? '' : ` -- --config ${shellWord(config)}`}`,
      )

const findSettings = (
  paths: Paths,
  { config, target }: DoctorFlags,
): { settings: Settings | undefined; looked: Looked } => {
  const [group, name] = ['this computer', 'settings']
  try {
    const file = readSettings(paths, config)
    const settings = withTarget(loadSettings(paths, config), target)
    const older = file === undefined ? undefined : planSettingsMigration(file.text, file.file)
    const says = `target ${settings.target}, region ${settings.region}`
    return { settings, looked: as(group, name, decideSettings(says, file?.file ?? '', older, config)) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { settings: undefined, looked: as(group, name, decideBroken(name, error)) }
  }
}

/** Without it there is nothing to ask, and the reason is what a person has to know. */
const openTarget = async (settings: Settings, paths: Paths, io: Io): Promise<Target | Looked> => {
  const [group, name] = ['account', 'credentials']
  try {
    const target = await findTarget({ settings, paths, io, yes: false })
    const silent = note(
      'AWS',
      'the local target does not run, so what is in it was not looked at',
      'npm run local:up',
    )
    return target ?? as(group, name, silent)
  } catch (error) {
    return as(group, name, decideBroken(name, error))
  }
}

const lookAtAws = async (
  settings: Settings | undefined,
  paths: Paths,
  io: Io,
  { deep }: DoctorFlags,
  now: Date,
): Promise<Looked[]> => {
  if (settings === undefined) return []
  const target = await openTarget(settings, paths, io)
  if ('findings' in target) return [target]
  const context = { paths, settings, target, store: new StateStore(target), io, yes: false }
  const checks: Check[] = listAwsChecks(openGround({ ...context, command: 'npm run doctor' }, now), deep)
  return runChecks(checks, deep ? patience.deep : patience.quick)
}

/** Everything at once; only reads. */
export const examine = async (
  paths: Paths,
  io: Io,
  flags: DoctorFlags,
  now = new Date(),
): Promise<Looked[]> => {
  const { settings, looked } = findSettings(paths, flags)
  const [host, aws] = await Promise.all([
    runChecks(listHostChecks(paths, settings, io, now), patience.quick),
    lookAtAws(settings, paths, io, flags, now),
  ])
  return [looked, ...host, ...aws]
}
