import { exitCode } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'laptop:verify',
  summary:
    'ask the real AWS CLI whether Kiro on this computer sees its own profiles only (exit 3 when it does not)',
  flags: { config: common.config, json: common.json },
  examples: ['npm run laptop:verify', 'npm run -s laptop:verify -- --json'],
  run: async (flags, io) => {
    const { homedir } = await import('node:os')
    const { planPaths } = await import('../config/paths.ts')
    const { renderFinding, worstOf } = await import('../config/finding.ts')
    const { decideFiles } = await import('../laptop/verify/decide-files.ts')
    const { decideCli } = await import('../laptop/verify/decide-cli.ts')
    const { decideSurroundings } = await import('../laptop/verify/decide-surroundings.ts')
    const { loadSettings } = await import('./settings-file.ts')
    const { planWanted } = await import('./laptop/plan.ts')
    const { findLaptopFacts } = await import('./laptop/verify-facts.ts')
    const paths = planPaths(process.env)
    const wanted = planWanted(loadSettings(paths, flags.config), paths, homedir(), undefined)
    const facts = await io.story.step('Ask the AWS CLI in place of Kiro', () =>
      findLaptopFacts(wanted, process.env, Date.now(), io.signal),
    )
    const findings = [decideFiles, decideCli, decideSurroundings].flatMap((decide) => decide(facts))
    io.answer(flags.json ? JSON.stringify({ findings }) : findings.map(renderFinding).join('\n'))
    return worstOf(findings) === 'wrong' ? exitCode.finding : exitCode.done
  },
})
