import { exitCode } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'
import type { Io } from './cli/io.ts'
import type { Context } from './sandbox/context.ts'
import type { UpResult } from './sandbox/up.ts'
import type { MachineNotice } from './target.ts'

const name = 'sandbox:up'

export const command = defineCommand({
  name,
  summary: 'create or update the sandbox of an engineer, and start it',
  flags: {
    user: common.user,
    target: common.target,
    config: common.config,
    refresh: { type: 'boolean', about: 'ask Terraform even when nothing seems to have changed' },
    unlock: common.unlock,
    plan: common.plan,
    json: common.json,
    yes: common.yes,
  },
  examples: [
    'npm run sandbox:up -- --user alice',
    'npm run sandbox:up -- --user alice --user bob',
    'npm run -s sandbox:up -- --user alice --json',
  ],
  run: async (flags, io) => {
    const { openContext, parseUsers, renderCommand } = await import('./sandbox/context.ts')
    const users = parseUsers(name, flags.user)
    const context = await openContext(renderCommand(name, users), flags, io)
    if (flags.plan) {
      const { planUp, renderPlan } = await import('./sandbox/up-plan.ts')
      const planned = await planUp(context, users)
      io.answer(flags.json ? JSON.stringify(planned) : renderPlan(planned))
      return 0
    }
    const { bringUp } = await import('./sandbox/up.ts')
    const { results, machines } = await bringUp(context, users, {
      refresh: flags.refresh,
      unlock: flags.unlock,
    })
    tell(context, results, machines, io, flags.json)
    // A machine nobody can open a session to is not what was asked for.
    return results.some(({ agent }) => agent === 'offline') ? exitCode.failed : exitCode.done
  },
})

const tell = (
  context: Context,
  results: readonly UpResult[],
  machines: MachineNotice,
  io: Io,
  json: boolean,
): void => {
  if (json) {
    io.answer(
      JSON.stringify({
        target: context.target.name,
        region: context.target.region,
        machines,
        sandboxes: results,
      }),
    )
    return
  }
  for (const { user, instanceId, changed } of results) {
    io.answer(results.length === 1 ? instanceId : `${user} ${instanceId}`)
    if (!changed) io.story.say(`${user}'s sandbox is up to date; nothing to do`)
  }
  if (machines.sentence !== undefined) io.story.say(machines.sentence)
  const [first] = results
  if (first === undefined) return
  io.story.say('')
  io.story.say('next:')
  if (machines.real) io.story.say(`  npm run ssm:connect -- --user ${first.user}`)
  io.story.say(`  npm run sandbox:status -- --user ${first.user}`)
  if (context.target.name === 'local')
    io.story.say('  eval "$(npm run -s local:env)" && aws ec2 describe-instances')
  io.story.say(`  npm run sandbox:down -- --user ${first.user}`)
}
