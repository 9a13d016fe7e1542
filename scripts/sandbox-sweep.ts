import { exitCode } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'sandbox:sweep'

export const command = defineCommand({
  name,
  summary: 'find and remove what is left of builds and nobody owns (exit 3 when --plan finds something)',
  flags: {
    orphans: {
      type: 'boolean',
      about: 'remove also what is of sandboxes, alerts and roles for laptops that have no state',
    },
    target: common.target,
    config: common.config,
    plan: common.plan,
    json: common.json,
    yes: common.yes,
  },
  examples: ['npm run sandbox:sweep -- --plan', 'npm run sandbox:sweep -- --orphans --yes'],
  run: async (flags, io) => {
    const { openContext } = await import('./sandbox/context.ts')
    const { surveySweep } = await import('./sweep/survey.ts')
    const { removeFindings } = await import('./sweep/remove.ts')
    const { renderFindings } = await import('./sweep/render.ts')
    const { askFor, counted } = await import('./cli/ask.ts')
    const context = await openContext(`npm run ${name}`, flags, io)
    const findings = await surveySweep(context)
    const wanted = findings.filter(({ kind }) => flags.orphans || kind !== 'orphan')
    if (findings.length > 0 && !flags.json) io.answer(renderFindings(findings))
    if (wanted.length < findings.length)
      io.story.say(`${counted(findings.length - wanted.length, 'orphan')} only with --orphans`)
    if (flags.plan || wanted.length === 0) {
      if (flags.json) io.answer(JSON.stringify({ findings, removed: [] }))
      if (findings.length === 0) io.story.say('nothing to sweep')
      return flags.plan && findings.length > 0 ? exitCode.finding : exitCode.done
    }
    await askFor(io, flags.yes, `remove ${counted(wanted.length, 'thing')} of ours that nobody owns`)
    const removed = await removeFindings(context, wanted)
    if (flags.json) io.answer(JSON.stringify({ findings, removed }))
    io.story.say(`${removed.length} of ${wanted.length} removed`)
    return removed.length === wanted.length ? exitCode.done : exitCode.failed
  },
})
