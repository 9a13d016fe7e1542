import { platform } from 'node:os'
import { planPaths } from '../../config/paths.ts'
import type { Change } from '../../laptop/changes.ts'
import { type LaptopPlace, tilde } from '../../laptop/place.ts'
import { parseShell, planStartFile } from '../../laptop/start-file.ts'
import { askFor } from '../cli/ask.ts'
import type { Io } from '../cli/io.ts'
import { loadSettings } from '../settings-file.ts'
import { applySetup } from './apply.ts'
import { planSetup, planWanted, type SetupPlan } from './plan.ts'

export interface SetupFlags {
  readonly shell: string | undefined
  readonly config: string | undefined
  readonly plan: boolean
  readonly json: boolean
  readonly yes: boolean
}

const next = ['kiro-aws login', 'npm run laptop:verify', 'kiro-aws'] as const

const describe = (change: Change, { home, before }: LaptopPlace): string => {
  const name = tilde(home, change.path)
  switch (change.verb) {
    case 'create':
      return `${name} is new`
    case 'update':
      return `${name} is brought up to date`
    case 'replace':
      return `${name} is somebody's: it is kept, and comes back with --remove`
    case 'reset':
      return `${name} was changed since; as it is now it is kept in ${tilde(home, before)}`
    case 'extend':
      return `${name} gets our lines between two comments at its end`
  }
}

const planOf = (home: string, flags: SetupFlags): SetupPlan => {
  const paths = planPaths(process.env)
  const facts = { platform: platform(), home, env: process.env }
  const shell = flags.shell === 'none' ? undefined : parseShell(flags.shell ?? process.env.SHELL)
  const settings = loadSettings(paths, flags.config)
  const bare = planWanted(settings, paths, home, undefined)
  if (shell === undefined) return planSetup(bare)
  return planSetup(planWanted(settings, paths, home, planStartFile(shell, facts, bare.place)))
}

const answer = ({ aws, changes, place }: SetupPlan, flags: SetupFlags, io: Io): void => {
  if (flags.json)
    io.answer(
      JSON.stringify({
        planned: flags.plan,
        changes: changes.map(({ path, verb }) => ({ path, verb })),
        profiles: aws.profiles.map(({ name, accountId, permissionSet }) => ({
          ...{ name, accountId, permissionSet },
        })),
        launcher: place.launcher,
      }),
    )
  else if (changes.length === 0) io.answer('everything is as the settings say')
  else io.answer(changes.map((change) => describe(change, place)).join('\n'))
}

export const runSetup = async (home: string, flags: SetupFlags, io: Io): Promise<void> => {
  const plan = planOf(home, flags)
  const asked = plan.changes.filter(({ asks }) => asks)
  if (!flags.plan && asked.length > 0) {
    for (const change of asked) io.story.say(describe(change, plan.place))
    for (const line of plan.blocks.find(({ start }) => start)?.lines ?? []) io.story.say(`  ${line}`)
    await askFor(io, flags.yes, `change ${asked.map(({ path }) => tilde(home, path)).join(', ')}`)
  }
  if (!flags.plan && plan.changes.length > 0) applySetup(plan)
  answer(plan, flags, io)
  if (flags.plan || plan.changes.length === 0) return
  const started = plan.blocks.find(({ start }) => start)
  if (started === undefined) io.story.say(`the launcher is ${plan.place.launcher}; no start file was touched`)
  else io.story.say(`a new terminal knows kiro-aws; this one after: source ${tilde(home, started.path)}`)
  io.story.say(`next:\n${next.map((line) => `  ${line}`).join('\n')}`)
}
