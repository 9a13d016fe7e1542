import { renderFinding, worstOf } from '../config/finding.ts'
import { exitCode } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'doctor',
  summary:
    'look whether the machines of the local target can run here, and how (exit 3 when something is wrong)',
  flags: { config: common.config, json: common.json },
  examples: ['npm run doctor', 'npm run -s doctor -- --json'],
  run: async (flags, io) => {
    const { planPaths } = await import('../config/paths.ts')
    const { loadSettings } = await import('./settings-file.ts')
    const { findMachineFacts } = await import('./doctor/machine-facts.ts')
    const { decideMachineFindings } = await import('./doctor/machine-findings.ts')
    const paths = planPaths(process.env)
    const settings = loadSettings(paths, flags.config)
    const findings = decideMachineFindings(await findMachineFacts(paths, settings, io))
    io.answer(flags.json ? JSON.stringify({ findings }) : findings.map(renderFinding).join('\n'))
    return worstOf(findings) === 'wrong' ? exitCode.finding : exitCode.done
  },
})
