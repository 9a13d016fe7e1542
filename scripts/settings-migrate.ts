import { exitCode } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'settings:migrate'

export const command = defineCommand({
  name,
  summary: 'bring an older settings file to the form of this release, after showing what changes in it',
  flags: { config: common.config, plan: common.plan, json: common.json, yes: common.yes },
  examples: ['npm run settings:migrate', 'npm run settings:migrate -- --plan'],
  run: async (flags, io) => {
    const { planPaths } = await import('../config/paths.ts')
    const { planSettingsMigration } = await import('../config/parse-settings.ts')
    const { askFor } = await import('./cli/ask.ts')
    const { readSettings } = await import('./settings-file.ts')
    const { writeBytes } = await import('../home/files.ts')
    const found = readSettings(planPaths(process.env), flags.config)
    const plan = found === undefined ? undefined : planSettingsMigration(found.text, found.file)
    const tell = (written: boolean) => {
      const { from, to, diff } = plan ?? { diff: [] }
      if (flags.json) io.answer(JSON.stringify({ file: found?.file, from, to, diff, written }))
    }
    if (found === undefined || plan === undefined) {
      io.story.say(
        found === undefined ? 'there is no settings file' : `${found.file} is as this release has it`,
      )
      tell(false)
      return exitCode.done
    }
    io.story.say(`${found.file}: from settings version ${plan.from} to ${plan.to}`)
    if (!flags.json) io.answer(plan.diff.join('\n'))
    if (!flags.plan) {
      await askFor(io, flags.yes, `write ${found.file}`)
      // The person's own file: a link stays one, and it keeps its permissions.
      writeBytes(found.file, Buffer.from(plan.text).toString('latin1'))
    }
    tell(!flags.plan)
    return flags.plan ? exitCode.finding : exitCode.done
  },
})
