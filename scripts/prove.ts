import { exitCode, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'prove',
  summary:
    'prove who may do what, row by row, over the stacks as the settings make them (exit 3 when a row breaks)',
  flags: {
    user: { type: 'string', value: 'name', about: 'the engineer whose stacks are proven; default alice' },
    all: { type: 'boolean', about: 'print every row, not only those that break' },
    live: { type: 'boolean', about: "ask AWS's own policy simulator about the roles in the account too" },
    target: common.target,
    config: common.config,
    json: common.json,
  },
  examples: ['npm run prove', 'npm run prove -- --user bob --all', 'npm run prove -- --live --target aws'],
  run: async (flags, io) => {
    const { planPaths } = await import('../config/paths.ts')
    const { loadSettings } = await import('./settings-file.ts')
    const { openTarget, withTarget } = await import('./target.ts')
    const { readProofInputs } = await import('./access/inputs.ts')
    const { describeFinding, renderProof } = await import('./access/render-proof.ts')
    const paths = planPaths(process.env)
    const settings = withTarget(loadSettings(paths, flags.config), flags.target)
    if (flags.live && settings.target === 'local')
      throw usageError(
        "--live asks AWS's policy simulator, and the local target has none",
        'npm run prove -- --live --target aws',
      )
    const inputs = await readProofInputs(settings, paths, flags.user ?? 'alice')
    const { buildWorlds, proveRows } = await import('../stacks/proof/prove.ts')
    const { readOnlyAccessOrigin } = await import('../stacks/access/read-only-access.ts')
    const worlds = buildWorlds(inputs)
    const proven = proveRows(worlds)
    const asSet = worlds.get('as set')
    const live = flags.live && asSet !== undefined
    const { askLive } = await import('./access/ask-live.ts')
    const { findings, left } = live
      ? await io.story.step("Ask AWS's policy simulator", async () => {
          const target = await openTarget({ settings, paths, io, yes: false })
          return askLive(target.sdk, asSet, proven, io.signal)
        })
      : { findings: proven, left: 0 }
    const { user, accountId } = inputs
    if (flags.json) {
      const about = { user, accountId, region: settings.region, live: flags.live, notAsked: left }
      io.answer(
        JSON.stringify({
          ...about,
          readOnlyAccess: readOnlyAccessOrigin,
          rows: findings.map(describeFinding),
        }),
      )
    } else io.answer(renderProof(findings, flags.all))
    const { source, version, date } = readOnlyAccessOrigin
    io.story.say(`for ${user} in ${settings.region}; ReadOnlyAccess is ${version} of ${date}, from ${source}`)
    if (live)
      io.story.say(`${left} rows are about trusts, keys or other settings; AWS simulates none of these`)
    return findings.every(({ holds }) => holds) ? exitCode.done : exitCode.finding
  },
})
