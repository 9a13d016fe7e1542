import { exitCode } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'doctor',
  summary:
    'look at tools, account, state, network, images and sandboxes, and say what to type about what is wrong (exit 3)',
  flags: {
    deep: { type: 'boolean', about: 'also ask Terraform what has drifted, which takes a minute' },
    target: common.target,
    config: common.config,
    json: common.json,
  },
  examples: ['npm run doctor', 'npm run doctor -- --deep', 'npm run -s doctor -- --json'],
  run: async (flags, io) => {
    const { planPaths } = await import('../config/paths.ts')
    const { examine } = await import('./doctor/examine.ts')
    const { worstOf } = await import('../config/finding.ts')
    const { flatten, renderJson, renderReport, renderSummary } = await import('./doctor/render.ts')
    const began = performance.now()
    const looks = await examine(planPaths(process.env), io, flags)
    io.signal.throwIfAborted()
    const took = (performance.now() - began) / 1000
    io.answer(flags.json ? renderJson(looks, took) : renderReport(looks))
    io.story.say(renderSummary(looks, took))
    return worstOf(flatten(looks)) === 'wrong' ? exitCode.finding : exitCode.done
  },
})
