import { exitCode, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'bootstrap'

export const command = defineCommand({
  name,
  summary: 'make or update the bucket that Terraform keeps its state in, after showing what changes',
  flags: {
    target: common.target,
    config: common.config,
    region: { type: 'string', value: 'region', about: 'another one than the settings name' },
    plan: common.plan,
    drift: { type: 'boolean', about: 'only say what somebody has changed by hand (exit 3)' },
    delete: { type: 'boolean', about: 'remove the stack; its buckets and its key stay' },
    json: common.json,
    yes: common.yes,
  },
  examples: ['npm run bootstrap', 'npm run bootstrap -- --plan', 'npm run bootstrap -- --drift'],
  run: async (flags, io) => {
    const chosen = (['plan', 'drift', 'delete'] as const).filter((flag) => flags[flag])
    if (chosen.length > 1)
      throw usageError(`--${chosen.join(' and --')} do not go together`, `npm run ${name} -- --${chosen[0]}`)
    const { StateStore } = await import('./aws/state.ts')
    const { openContext } = await import('./sandbox/context.ts')
    const { parseRegion } = await import('./bootstrap/region.ts')
    const { inRegion } = await import('./target.ts')
    const opened = await openContext(`npm run ${name}`, flags, io)
    const target =
      flags.region === undefined ? opened.target : inRegion(opened.target, parseRegion(flags.region))
    const context = { ...opened, target, store: new StateStore(target) }
    if (flags.drift) {
      const { findDrifts } = await import('./bootstrap/drift.ts')
      const { renderDrifts } = await import('./bootstrap/render.ts')
      const { findBootstrapStack } = await import('./aws/bootstrap.ts')
      const stack = await findBootstrapStack(context.target.sdk)
      if (stack === undefined) {
        io.story.say('there is no stack of a state bucket yet: npm run bootstrap')
        if (flags.json) io.answer(JSON.stringify({ drifts: [] }))
        return exitCode.done
      }
      const drifts = await io.story.step('Look for drift', () => findDrifts(context, stack.StackStatus))
      io.answer(
        flags.json ? JSON.stringify({ drifts }) : drifts.length === 0 ? 'no drift' : renderDrifts(drifts),
      )
      if (drifts.length > 0) io.story.say('put it right: npm run bootstrap')
      return drifts.length > 0 ? exitCode.finding : exitCode.done
    }
    if (flags.delete) {
      const { removeBootstrap } = await import('./bootstrap/remove.ts')
      const { left } = await removeBootstrap(context)
      io.answer(flags.json ? JSON.stringify({ left }) : left.join('\n'))
      io.story.say(
        left.length === 0
          ? 'there is no stack; nothing to do'
          : 'these stay, with every version of every state; npm run bootstrap takes the buckets in again',
      )
      return exitCode.done
    }
    const { bootstrap, planBootstrap, tellPlanned } = await import('./bootstrap/run.ts')
    if (flags.plan) {
      const planned = await planBootstrap(context)
      if (planned.step.kind !== 'change')
        io.story.say(`before it can be planned: ${JSON.stringify(planned.step)}`)
      io.answer(flags.json ? JSON.stringify(planned) : tellPlanned(planned.changes))
      return exitCode.done
    }
    const done = await bootstrap(context, (changes) => {
      if (!flags.json) io.answer(tellPlanned(changes))
      // https://aws.amazon.com/kms/pricing/; what lies in the buckets is cents.
      if (changes.some(({ type, action }) => type === 'AWS::KMS::Key' && action === 'add'))
        io.story.say(
          'on AWS the key costs 1 USD a month, and another one for each of its first two rotations',
        )
    })
    if (flags.json) io.answer(JSON.stringify(done))
    else if (done.changes.length === 0) io.story.say('the state bucket is as it should be; nothing to do')
    return exitCode.done
  },
})
