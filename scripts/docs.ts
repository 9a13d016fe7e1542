import { exitCode } from '../config/user-error.ts'
import { defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'docs',
  summary: 'write the generated parts of README.md and the JSON schema of the settings',
  flags: { check: { type: 'boolean', about: 'only say what is stale (exit 3)' } },
  examples: ['npm run docs'],
  run: async (flags, io) => {
    const { readFile, writeFile } = await import('node:fs/promises')
    const { planPaths } = await import('../config/paths.ts')
    const { planGeneratedFiles } = await import('./docs/generated.ts')
    const stale: string[] = []
    for (const { file, render } of planGeneratedFiles(planPaths(process.env))) {
      const before = await readFile(file, 'utf8').catch(() => '')
      const after = await render(before)
      if (after === before) continue
      stale.push(file)
      if (!flags.check) await writeFile(file, after)
    }
    for (const file of stale) io.story.say(`${flags.check ? 'stale' : 'written'}: ${file}`)
    return flags.check && stale.length > 0 ? exitCode.finding : exitCode.done
  },
})
