import type { UserName } from '../../config/user-name.ts'
import { findMachine } from '../aws/instances.ts'
import type { Context } from '../sandbox/context.ts'
import { renderSeconds } from './duration.ts'
import { asEngineer, dropSession, findPushState, type PushState } from './push.ts'
import { findElevatedRole } from './role.ts'

export interface Pushed {
  readonly user: UserName
  readonly role: string
  readonly mode: 'push'
  readonly session: PushState
  /** By AWS's clock. */
  readonly secondsLeft: number
}

export const isOpen = ({ session }: Pushed): boolean => session.kind === 'held' && session.allowed

/** Asked of the machine, which asks AWS: the service keeps no list of sessions. */
export const findPushed = async (opened: Context, user: UserName): Promise<Pushed> => {
  const context = await asEngineer(opened, user)
  const [role, machine] = await Promise.all([
    findElevatedRole(context.target, user),
    findMachine(context.target.sdk, user),
  ])
  // What it held was in its memory.
  const session: PushState =
    machine?.state === 'running'
      ? await findPushState(context, { user, instanceId: machine.instanceId })
      : { kind: 'none' }
  const ends = session.kind === 'held' ? Date.parse(session.until) : role.now.getTime()
  const secondsLeft = Math.max(0, Math.ceil((ends - role.now.getTime()) / 1000))
  return { user, role: role.name, mode: 'push', session, secondsLeft }
}

export const renderPushed = ({ user, session, secondsLeft }: Pushed): string => {
  if (session.kind === 'none') return `${user}: the sandbox holds no elevated session; nothing can be changed`
  const { until, allow, reason, by, allowed, said } = session
  if (!allowed) return `${user}: the sandbox holds a session until ${until}, and AWS refuses it: ${said}`
  return [
    `${user}: open for ${renderSeconds(secondsLeft)}, until ${until}`,
    `  allows  ${allow?.join(', ') ?? 'all that the boundary lets through'}`,
    `  reason  ${reason ?? 'none recorded'}`,
    `  by      ${by ?? 'nobody recorded'}`,
  ].join('\n')
}

/**
 * Takes the session from the sandbox. AWS ends a session early only by a policy at its role, and where push is
 * used nobody may write one: a copy that somebody has made works to its end, and that is said.
 */
export const takeBack = async (opened: Context, user: UserName): Promise<'open' | 'none'> => {
  const context = await asEngineer(opened, user)
  const machine = await findMachine(context.target.sdk, user)
  const until =
    machine?.state === 'running'
      ? await dropSession(context, { user, instanceId: machine.instanceId })
      : undefined
  const { story } = context.io
  if (until === undefined) story.say(`${user}: the sandbox holds no elevated session`)
  else {
    story.say(`${user}: taken from the sandbox`)
    story.warn(`AWS takes no session back: what a process has copied of it works until ${until}`)
  }
  return until === undefined ? 'none' : 'open'
}
