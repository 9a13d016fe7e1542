import { exitCode } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'sandbox:deescalate'

export const command = defineCommand({
  name,
  summary: 'close the elevation window of a sandbox now',
  flags: { user: common.user, target: common.target, config: common.config, json: common.json },
  examples: ['npm run sandbox:deescalate -- --user alice'],
  run: async (flags, io) => {
    const { openContext, parseUsers, renderCommand } = await import('./sandbox/context.ts')
    const { closeWindow, findElevatedRole } = await import('./elevation/role.ts')
    const { decideWindowState, renderClosed } = await import('./elevation/window.ts')
    const users = parseUsers(name, flags.user)
    const context = await openContext(renderCommand(name, users), flags, io)
    const { target } = context
    const closed: { user: string; was: string }[] = []
    if (context.settings.elevation.mode === 'push') {
      const { takeBack } = await import('./elevation/pushed.ts')
      for (const user of users) closed.push({ user, was: await takeBack(context, user) })
      if (flags.json) io.answer(JSON.stringify(closed))
      return exitCode.done
    }
    for (const user of users) {
      const role = await findElevatedRole(target, user)
      const { kind } = decideWindowState(role.document, role.now)
      // Also when time has closed it: then nothing of it stays behind but a denial.
      if (kind !== 'never' && kind !== 'closed') await closeWindow(target, role.name, renderClosed())
      io.story.say(
        kind === 'open'
          ? `${user}: closed; AWS may need some seconds to know it everywhere`
          : `${user}: no window is open`,
      )
      closed.push({ user, was: kind })
    }
    if (flags.json) io.answer(JSON.stringify(closed))
    return exitCode.done
  },
})
