import { exitCode, UserError, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'
import type { Io } from './cli/io.ts'

const name = 'sandbox:down'

export const command = defineCommand({
  name,
  summary: 'remove the sandbox of an engineer with its disk; the last one takes the network along',
  flags: {
    user: common.user,
    target: common.target,
    config: common.config,
    'keep-network': { type: 'boolean', about: 'keep the shared network even when no sandbox is left' },
    unlock: common.unlock,
    plan: common.plan,
    json: common.json,
    yes: common.yes,
  },
  examples: ['npm run sandbox:down -- --user alice', 'npm run sandbox:down -- --user alice --yes'],
  run: async (flags, io) => {
    const { openContext, openTerraform, parseUsers, renderCommand } = await import('./sandbox/context.ts')
    const { isLastSandbox, removeStack, surveyNetworkRemoval, surveyRemoval } = await import(
      './sandbox/down.ts'
    )
    const users = parseUsers(name, flags.user)
    const context = await openContext(renderCommand(name, users), flags, io)
    const surveys = await Promise.all(users.map((user) => surveyRemoval(context, user)))
    const network =
      !flags['keep-network'] && (await isLastSandbox(context, users))
        ? [await surveyNetworkRemoval(context)]
        : []
    const removals = [...surveys, ...network].filter(({ absent }) => !absent)
    const answer = (stacks: readonly string[]) =>
      io.answer(flags.json ? JSON.stringify({ removed: stacks }) : stacks.join('\n'))
    if (removals.length === 0) {
      io.story.say(`${users.join(', ')}: no sandbox, nothing to do`)
      if (flags.json) answer([])
      return 0
    }
    const stacks = removals.map(({ stack }) => stack)
    if (flags.plan) {
      answer(stacks)
      return 0
    }
    await confirm(io, flags.yes, stacks)
    const tools = await openTerraform(context)
    const removed: string[] = []
    for (const removal of removals) {
      // Since we asked, somebody may have begun a sandbox that needs the network.
      if (removal.owner === 'shared' && !(await isLastSandbox(context, users))) {
        io.story.say('The network stays: another sandbox needs it by now')
        continue
      }
      await io.story.step(`Remove ${removal.stack}`, () =>
        removeStack(context, tools, io.story, removal, flags.unlock),
      )
      removed.push(removal.stack)
    }
    answer(removed)
    return 0
  },
})

const confirm = async (io: Io, yes: boolean, stacks: readonly string[]): Promise<void> => {
  if (yes) return
  const what = stacks.join(' and ')
  if (!io.interactive)
    throw usageError(`removing ${what} needs a yes, and there is no terminal to ask on`, 'add --yes')
  if (
    !(await io.confirm(
      `Remove ${what}, with every disk${stacks.includes('network') ? ' and the session log' : ''}?`,
    ))
  )
    throw new UserError('nothing was removed', { exitCode: exitCode.interrupted })
}
