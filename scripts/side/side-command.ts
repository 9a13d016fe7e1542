import { exitCode, usageError } from '../../config/user-error.ts'
import { common } from '../cli/command.ts'
import type { Io } from '../cli/io.ts'
import type { Context, SandboxFlags } from '../sandbox/context.ts'
import type { SideStack } from './side-stack.ts'

/** Options of every command that makes a stack beside network and sandboxes. */
export const sideFlags = {
  unlock: common.unlock,
  target: common.target,
  config: common.config,
  plan: common.plan,
  json: common.json,
  yes: common.yes,
} as const

interface SideRequest extends SandboxFlags {
  readonly remove: boolean
  readonly plan: boolean
  readonly json: boolean
  readonly unlock: string | undefined
}

/** Removes it, shows what would change, or makes it and lets the command tell of it. */
export const runSide = async <Spec>(
  name: string,
  flags: SideRequest,
  io: Io,
  open: (context: Context) => Promise<SideStack<Spec>>,
  tell: (spec: Spec, changed: boolean) => void | Promise<void>,
): Promise<number> => {
  if (flags.remove && flags.plan) throw usageError('--remove shows and asks by itself', 'leave --plan out')
  const { openContext, renderCommand } = await import('../sandbox/context.ts')
  const { applySide, planSide, removeSide } = await import('./side-stack.ts')
  const context = await openContext(renderCommand(name), flags, io)
  const side = await open(context)
  if (flags.remove) {
    const removed = await removeSide(context, side, flags.unlock)
    if (!removed) io.story.say(`no ${side.title} here, nothing to do`)
    if (flags.json) io.answer(JSON.stringify({ removed }))
  } else if (flags.plan) {
    const { renderChanges } = await import('../sandbox/plan-stack.ts')
    const plan = await planSide(context, side)
    io.answer(flags.json ? JSON.stringify(plan) : renderChanges([plan]))
  } else {
    const { spec, changed } = await applySide(context, side, flags.unlock)
    await tell(spec, changed)
    if (!changed) io.story.say('up to date; nothing to do')
  }
  return exitCode.done
}
