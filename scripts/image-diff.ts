import { common, defineCommand } from './cli/command.ts'

const about = 'an AMI id, the first digits of a digest, current or previous'

export const command = defineCommand({
  name: 'image:diff',
  summary: 'show what differs between two golden images: versions, packages, files',
  words: { a: { about }, b: { about } },
  flags: { target: common.target, config: common.config, json: common.json },
  examples: ['npm run image:diff -- previous current', 'npm run -s image:diff -- ami-0abc ami-0def --json'],
  run: async (flags, io) => {
    const { openContext } = await import('./sandbox/context.ts')
    const { compareImages } = await import('./image/compare.ts')
    const { renderDiff } = await import('../images/diff.ts')
    const context = await openContext('npm run image:diff', flags, io)
    const { a, b, diff } = await compareImages(context, flags.a, flags.b)
    if (flags.json) io.answer(JSON.stringify({ a, b, ...diff }))
    else io.answer(renderDiff(diff) ?? `no difference between ${a.slice(0, 12)} and ${b.slice(0, 12)}`)
    return 0
  },
})
