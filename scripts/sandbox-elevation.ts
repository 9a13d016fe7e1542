import { exitCode } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'sandbox:elevation'

export const command = defineCommand({
  name,
  summary: 'show whether the elevation window of a sandbox is open, and for how long (exit 3 when it is not)',
  flags: { user: common.user, target: common.target, config: common.config, json: common.json },
  examples: ['npm run sandbox:elevation -- --user alice'],
  run: async (flags, io) => {
    const { openContext, parseUsers, renderCommand } = await import('./sandbox/context.ts')
    const { findElevatedRole } = await import('./elevation/role.ts')
    const { decideWindowState } = await import('./elevation/window.ts')
    const { renderState } = await import('./elevation/status.ts')
    const users = parseUsers(name, flags.user)
    const context = await openContext(renderCommand(name, users), flags, io)
    const { target } = context
    if (context.settings.elevation.mode === 'push') {
      const { findPushed, isOpen, renderPushed } = await import('./elevation/pushed.ts')
      const pushed = await Promise.all(users.map((user) => findPushed(context, user)))
      io.answer(flags.json ? JSON.stringify(pushed) : pushed.map(renderPushed).join('\n'))
      return pushed.every(isOpen) ? exitCode.done : exitCode.finding
    }
    const found = await Promise.all(
      users.map(async (user) => {
        const { name: role, document, by, reason, now } = await findElevatedRole(target, user)
        return {
          user,
          role,
          window: decideWindowState(document, now),
          by: by ?? null,
          reason: reason ?? null,
        }
      }),
    )
    io.answer(flags.json ? JSON.stringify(found) : found.map(renderState).join('\n'))
    return found.every(({ window }) => window.kind === 'open') ? exitCode.done : exitCode.finding
  },
})
