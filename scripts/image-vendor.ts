import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'image:vendor',
  summary: 'keep a private copy of the base image of the lock; builds prefer it, and outlive the original',
  flags: { target: common.target, config: common.config, json: common.json, yes: common.yes },
  examples: ['npm run image:vendor', 'npm run -s image:vendor -- --json'],
  run: async (flags, io) => {
    const { openContext } = await import('./sandbox/context.ts')
    const { openImages, requireFittingLock } = await import('./image/open.ts')
    const { vendorBase } = await import('./image/vendor.ts')
    const context = await openImages(await openContext('npm run image:vendor', flags, io))
    const { lock } = await requireFittingLock(context)
    const done = await vendorBase(context, lock)
    io.answer(flags.json ? JSON.stringify(done) : done.imageId)
    const { imageId, base } = done
    io.story.say(
      done.copied
        ? `${imageId} is our own copy of ${base.id} (${base.name}); builds of this lock use it from now on`
        : `${imageId} is our own copy of ${base.id} already; nothing to do`,
    )
    return 0
  },
})
