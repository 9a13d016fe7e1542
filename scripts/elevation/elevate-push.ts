import { exitCode, UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { findCaller } from '../aws/identity.ts'
import { findMachine } from '../aws/instances.ts'
import type { Context } from '../sandbox/context.ts'
import { renderSeconds } from './duration.ts'
import { asEngineer, findPushState, pushSession, refuseLongPolicy } from './push.ts'
import { findElevatedRole, refuseUnbounded } from './role.ts'
import { planWindow, renderWindow } from './window.ts'

export { refuseLongPush } from './push.ts'

export interface Wish {
  readonly reason: string
  readonly allow: readonly string[] | undefined
  readonly seconds: number
  readonly plan: boolean
  readonly json: boolean
}

/** sandbox:elevate where nobody may write policies: the engineer's login makes a session, the sandbox gets it. */
export const elevateByPush = async (
  opened: Context,
  user: UserName,
  { reason, allow, seconds, plan, json }: Wish,
): Promise<number> => {
  // Who only looks needs no login of an engineer, which on the local target would have to be made.
  const context = plan ? opened : await asEngineer(opened, user)
  const { target, io } = context
  const [role, machine, caller] = await Promise.all([
    findElevatedRole(target, user),
    findMachine(target.sdk, user),
    findCaller(target.sdk),
  ])
  refuseUnbounded(role, user)
  const window = planWindow(role.now, seconds, allow)
  const document = renderWindow(window)
  refuseLongPolicy(document)
  const { from, until } = window
  const by = caller.slice(-256)
  const told = { ...{ user, role: role.name, mode: 'push', from, until, reason, by }, allow: allow ?? null }
  if (plan) {
    io.answer(json ? JSON.stringify({ ...told, policy: JSON.parse(document) }) : document)
    return exitCode.done
  }
  if (machine?.state !== 'running')
    throw new UserError(
      `the sandbox of ${user} is ${machine?.state ?? 'missing'}, and a session can only be handed to a machine that runs`,
      { hint: `npm run sandbox:up -- --user ${user}` },
    )
  const { instanceId } = machine
  await io.story.step('Hand a session over', () =>
    pushSession(context, { ...{ user, instanceId, seconds, document, allow, until, by, reason } }),
  )
  const state = await io.story
    .step('Ask AWS from the sandbox', () => findPushState(context, { user, instanceId }))
    .catch((error: unknown) => {
      io.story.warn(
        `a session was handed over until ${until}, but not tried; to take it back: npm run sandbox:deescalate -- --user ${user}`,
      )
      throw error
    })
  io.story.say(`Open until ${until} (${renderSeconds(seconds)}); it ends by itself`)
  io.story.say(
    'Until then every process of the sandbox user can use the profile kiro-elevated, or copy its session',
  )
  const allowed = state.kind === 'held' && state.allowed
  io.answer(json ? JSON.stringify({ ...told, session: state }) : until)
  if (allowed) return exitCode.done
  io.story.warn(
    state.kind === 'held'
      ? `AWS refuses the sandbox: ${state.said}`
      : 'the session is not on the sandbox any more',
  )
  return exitCode.finding
}
