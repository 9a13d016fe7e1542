import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'image:list',
  summary: 'list the golden images: what is in them, which alias names them, who runs from them',
  flags: { target: common.target, config: common.config, json: common.json },
  examples: ['npm run image:list', 'npm run -s image:list -- --json'],
  run: async (flags, io) => {
    const { openContext } = await import('./sandbox/context.ts')
    const { listImages } = await import('./image/list.ts')
    const context = await openContext('npm run image:list', flags, io)
    const { name, region } = context.target
    const listed = await listImages(context)
    if (flags.json) {
      const images = listed.map(({ image, ...more }) => ({ ...image, ...more }))
      io.answer(JSON.stringify({ target: name, region, images }))
      return 0
    }
    if (listed.length === 0) {
      io.story.say(`no golden images on ${name} in ${region}; make one: npm run image:build`)
      return 0
    }
    const { renderImages } = await import('./image/render-fleet.ts')
    io.answer(renderImages(listed, new Date()))
    return 0
  },
})
