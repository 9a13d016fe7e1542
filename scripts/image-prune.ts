import { common, defineCommand } from './cli/command.ts'

const name = 'image:prune'

export const command = defineCommand({
  name,
  summary: 'keep the newest golden images and those in use; deprecate the rest, and later remove them',
  flags: {
    keep: { type: 'string', value: 'n', about: 'so many of the newest verified images stay' },
    grace: {
      type: 'string',
      value: 'time',
      about: 'between deprecation and removal: 7d (default), 12h, 0 removes at once',
    },
    target: common.target,
    config: common.config,
    plan: common.plan,
    json: common.json,
    yes: common.yes,
  },
  examples: ['npm run image:prune -- --keep 3 --plan', 'npm run image:prune -- --keep 3 --grace 0 --yes'],
  run: async (flags, io) => {
    const { parseCount, parseDuration } = await import('../config/duration.ts')
    const wish = {
      keep: parseCount(flags.keep, '--keep'),
      grace: parseDuration(flags.grace ?? '7d', '--grace'),
    }
    const { openContext } = await import('./sandbox/context.ts')
    const { prune, surveyPrune } = await import('./image/prune.ts')
    const { renderPrune } = await import('./image/render-fleet.ts')
    const { askFor, counted } = await import('./cli/ask.ts')
    const context = await openContext(`npm run ${name}`, flags, io)
    const rows = await surveyPrune(context, wish)
    const count = (action: string) => rows.filter((row) => row.action === action).length
    const [deprecations, deletions] = [count('deprecate'), count('delete')]
    const shown = rows.map(({ image, action, why }) => ({
      ...{ imageId: image.imageId, name: image.name, action, why },
    }))
    if (flags.plan || deprecations + deletions === 0) {
      io.answer(flags.json ? JSON.stringify({ images: shown }) : renderPrune(rows, new Date()))
      if (deprecations + deletions === 0) io.story.say('nothing to prune')
      return 0
    }
    if (!flags.json) io.answer(renderPrune(rows, new Date()))
    const parts = [
      ...(deprecations === 0 ? [] : [`deprecate ${counted(deprecations, 'image')}`]),
      ...(deletions === 0 ? [] : [`remove ${counted(deletions, 'image')} with all snapshots`]),
    ]
    await askFor(io, flags.yes, parts.join(' and '))
    const done = await prune(context, wish, rows)
    if (flags.json) io.answer(JSON.stringify({ images: shown, ...done }))
    io.story.say(`${done.deprecated.length} deprecated, ${done.deleted.length} removed`)
    return 0
  },
})
