import { exitCode, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'laptop:roles'

export const command = defineCommand({
  name,
  summary:
    'make what Kiro on laptops logs in as: permission sets of IAM Identity Center, or plain roles, with their boundaries',
  flags: {
    remove: { type: 'boolean', about: 'take them away again' },
    unlock: {
      type: 'string',
      value: 'lock id',
      about: 'break this state lock first; only if its owner is dead',
    },
    target: common.target,
    config: common.config,
    plan: common.plan,
    json: common.json,
    yes: common.yes,
  },
  examples: [
    'npm run laptop:roles -- --plan',
    'npm run laptop:roles -- --target aws --config prod.config.json',
    'npm run laptop:roles -- --remove',
  ],
  run: async (flags, io) => {
    if (flags.remove && flags.plan) throw usageError('--remove shows and asks by itself', 'leave --plan out')
    const { openContext, renderCommand } = await import('./sandbox/context.ts')
    const { applySide, planSide, removeSide } = await import('./side/side-stack.ts')
    const { listMissingElsewhere, openLaptopRoles, renderLaptopRoleList } = await import(
      './side/laptop-roles.ts'
    )
    const context = await openContext(renderCommand(name), flags, io)
    const side = await openLaptopRoles(context.settings, context.target.accountId)
    if (flags.remove) {
      const removed = await removeSide(context, side, flags.unlock)
      if (!removed) io.story.say('no roles for laptops here, nothing to do')
      if (flags.json) io.answer(JSON.stringify({ removed }))
      return exitCode.done
    }
    if (flags.plan) {
      const { renderChanges } = await import('./sandbox/plan-stack.ts')
      const plan = await planSide(context, side)
      io.answer(flags.json ? JSON.stringify(plan) : renderChanges([plan]))
      return exitCode.done
    }
    const { spec, changed } = await applySide(context, side, flags.unlock)
    const { accountId, kind, roles } = spec
    io.answer(flags.json ? JSON.stringify({ accountId, kind, changed, roles }) : renderLaptopRoleList(spec))
    if (!changed) io.story.say('up to date; nothing to do')
    for (const line of listMissingElsewhere(spec)) io.story.warn(line)
    return exitCode.done
  },
})
