import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { findMachine, type SandboxMachine, startMachine, waitForState } from '../aws/instances.ts'
import type { Context } from '../sandbox/context.ts'

/** A machine that was stopped may take EC2 a while; after that its agent has to report. */
const stateSeconds = 300

/** Throws when there is none. */
export const findSandbox = async ({ target }: Context, user: UserName): Promise<SandboxMachine> => {
  const machine = await findMachine(target.sdk, user)
  if (machine !== undefined) return machine
  throw new UserError(`${user} has no sandbox in ${target.region} (target ${target.name})`, {
    hint: `npm run sandbox:up -- --user ${user}`,
  })
}

const isUp = ({ state }: SandboxMachine): boolean => state === 'running' || state === 'pending'

/** EC2 does not start a machine that is still on its way down. */
const bringBack = async (
  { target, io }: Context,
  { instanceId, state }: SandboxMachine,
  note: (text: string) => void,
): Promise<void> => {
  if (state === 'stopping') {
    note('it is still stopping')
    await waitForState(target.sdk, instanceId, 'stopped', stateSeconds, io.signal)
  }
  await startMachine(target.sdk, instanceId)
}

/** The sandbox of a user, running; started when somebody had stopped it. Whether its agent answers, StartSession says. */
export const reachMachine = async (context: Context, user: UserName): Promise<SandboxMachine> => {
  const { target, io } = context
  const machine = await findSandbox(context, user)
  const { instanceId } = machine
  if (machine.state === 'running') return machine
  await io.story.step(isUp(machine) ? `Boot ${instanceId}` : `Start ${instanceId}`, async (note) => {
    if (!isUp(machine)) await bringBack(context, machine, note)
    note('EC2 says it is pending')
    await waitForState(target.sdk, instanceId, 'running', stateSeconds, io.signal)
  })
  return machine
}
