import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'image:build',
  summary: 'bake, verify and publish the golden image of the lock; one that is there is reused',
  flags: {
    target: common.target,
    config: common.config,
    rebuild: { type: 'boolean', about: 'build although there is an image of this digest already' },
    publish: { type: 'boolean', about: 'move the alias also to an image that was there already' },
    'keep-on-error': { type: 'boolean', about: 'leave the machine for a look when a step fails' },
    plan: common.plan,
    json: common.json,
    yes: common.yes,
  },
  examples: ['npm run image:build', 'npm run image:build -- --plan', 'npm run -s image:build -- --json'],
  run: async (flags, io) => {
    const { openContext } = await import('./sandbox/context.ts')
    const { openImages, planFrom } = await import('./image/open.ts')
    const { requireUsableLock } = await import('./image/usable-lock.ts')
    const { buildImage, findReusable } = await import('./image/build.ts')
    const context = await openImages(await openContext('npm run image:build', flags, io))
    const locked = await requireUsableLock(context)
    const plan = planFrom(context, locked)
    if (flags.plan) {
      const there = await findReusable(context, plan)
      const decision = there === undefined || flags.rebuild ? 'build' : 'reuse'
      const { renderBuildPlan } = await import('./image/render-plan.ts')
      const planned = {
        decision,
        digest: plan.digest,
        name: plan.name,
        lock: locked.file,
        imageId: there?.imageId,
      }
      io.answer(flags.json ? JSON.stringify(planned) : renderBuildPlan(planned, plan))
      return 0
    }
    const outcome = await buildImage(context, plan, {
      rebuild: flags.rebuild,
      publish: flags.publish,
      keepOnError: flags['keep-on-error'],
    })
    io.answer(flags.json ? JSON.stringify(outcome) : outcome.imageId)
    if (outcome.built) io.story.say(`${outcome.name}: built, verified and published in ${outcome.seconds} s`)
    return 0
  },
})
