import { exitCode, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'alerts'

export const command = defineCommand({
  name,
  summary:
    'tell by mail of elevation windows, changed trusts and boundaries, and console sign-ins with roles of sandboxes',
  flags: {
    remove: { type: 'boolean', about: 'take rules, topic and log away again' },
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
  examples: ['npm run alerts -- --plan', 'npm run alerts', 'npm run alerts -- --remove'],
  run: async (flags, io) => {
    if (flags.remove && flags.plan) throw usageError('--remove shows and asks by itself', 'leave --plan out')
    const { openContext, renderCommand } = await import('./sandbox/context.ts')
    const { applySide, planSide, removeSide } = await import('./side/side-stack.ts')
    const { openAlerts } = await import('./side/alerts.ts')
    const context = await openContext(renderCommand(name), flags, io)
    const side = await openAlerts(context.settings, context.target.accountId)
    if (flags.remove) {
      const removed = await removeSide(context, side, flags.unlock)
      if (!removed) io.story.say('no alerts here, nothing to do')
      if (flags.json) io.answer(JSON.stringify({ removed }))
      return exitCode.done
    }
    if (flags.plan) {
      const { renderChanges } = await import('./sandbox/plan-stack.ts')
      const plan = await planSide(context, side)
      io.answer(flags.json ? JSON.stringify(plan) : renderChanges([plan]))
      return exitCode.done
    }
    const { listAlerts } = await import('../stacks/alert-patterns.ts')
    const { spec, changed } = await applySide(context, side, flags.unlock)
    const alerts = listAlerts(spec).map(({ name: alert, says }) => ({ alert, says }))
    io.answer(
      flags.json
        ? JSON.stringify({ changed, alerts, emails: spec.emails })
        : alerts.map(({ alert, says }) => `${alert}  ${says}`).join('\n'),
    )
    if (!changed) io.story.say('up to date; nothing to do')
    if (spec.emails.length === 0) io.story.warn('nobody is told: alerts.emails is empty')
    else if (changed) io.story.say(`each of ${spec.emails.join(', ')} has to confirm a mail from AWS`)
    return exitCode.done
  },
})
