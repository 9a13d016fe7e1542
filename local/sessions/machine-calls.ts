import { callInside } from '../gateway/call-inside.ts'
import type { Gateway } from '../gateway/server.ts'
import type { Instance } from '../guests/instance.ts'
import type { RoleSessions } from '../imds/credentials.ts'
import { StartFailure } from './program.ts'

/** What the agent on a machine asks of AWS, with the role of the machine. */
export interface MachineCalls {
  /** @param target as x-amz-target has it. Rejects with StartFailure or CallFailed. */
  ask<Output>(instanceId: string, service: string, target: string, input: object): Promise<Output>
}

export interface MachineCallsDeps {
  readonly gateway: () => Pick<Gateway, 'desk' | 'journal'>
  readonly find: (instanceId: string) => Instance | undefined
  readonly roles: RoleSessions
  readonly agentVersion: string
}

export const createMachineCalls = ({
  gateway,
  find,
  roles,
  agentVersion,
}: MachineCallsDeps): MachineCalls => ({
  async ask(instanceId, service, target, input) {
    const instance = find(instanceId)
    if (instance === undefined) throw new StartFailure(`${instanceId} is gone`)
    const signer = await roles.find(instance)
    if (signer === undefined) throw new StartFailure(`${instanceId} has no role to call ${service} with`)
    const { region, network } = instance
    const call = { region, service, target, input, source: `${network.privateIp}:0` }
    return callInside(gateway(), { ...call, userAgent: `amazon-ssm-agent/${agentVersion}` }, signer)
  },
})
