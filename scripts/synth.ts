import { common, defineCommand } from './cli/command.ts'

const name = 'synth'

export const command = defineCommand({
  name,
  summary: 'write the stacks as plain Terraform JSON, each a folder that Terraform runs alone',
  flags: {
    user: common.user,
    out: { type: 'string', value: 'folder', about: 'where to; terraform.out when not given' },
    target: common.target,
    config: common.config,
    json: common.json,
  },
  examples: ['npm run synth', 'npm run synth -- --user alice --out /tmp/stacks'],
  run: async (flags, io) => {
    const { resolve } = await import('node:path')
    const { parseUserName } = await import('../config/user-name.ts')
    const { openContext } = await import('./sandbox/context.ts')
    const { surveyPlainStacks } = await import('./synth/survey.ts')
    const { writePlainStacks } = await import('./synth/write.ts')
    const users = [...new Set(flags.user.map(parseUserName))]
    const context = await openContext(`npm run ${name}`, flags, io)
    const stacks = await surveyPlainStacks(context, users)
    const out = resolve(context.paths.root, flags.out ?? 'terraform.out')
    const folders = await writePlainStacks(out, stacks, context.paths.root)
    io.answer(flags.json ? JSON.stringify({ folders }) : folders.join('\n'))
    io.story.say('')
    io.story.say('next:')
    // Terraform alone finds an endpoint that is not AWS's own in the environment only.
    if (context.target.sdk.endpoint !== undefined) io.story.say('  eval "$(npm run -s local:env)"')
    io.story.say(`  terraform -chdir=${folders[0]} init && terraform -chdir=${folders[0]} plan`)
    return 0
  },
})
