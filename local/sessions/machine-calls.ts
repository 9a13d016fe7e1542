import { callInside, putInside } from '../gateway/call-inside.ts'
import type { Gateway } from '../gateway/server.ts'
import type { Instance } from '../guests/instance.ts'
import type { RoleSessions } from '../imds/credentials.ts'
import { StartFailure } from './program.ts'

/** What the agent on a machine asks of AWS, with the role of the machine. */
export interface MachineCalls {
  /** @param target as x-amz-target has it. Rejects with StartFailure or CallFailed. */
  ask<Output>(instanceId: string, service: string, target: string, input: object): Promise<Output>
  /** Writes an object of S3. Rejects likewise. */
  put(instanceId: string, bucket: string, key: string, text: string): Promise<void>
}

export interface MachineCallsDeps {
  readonly gateway: () => Pick<Gateway, 'desk' | 'journal'>
  readonly find: (instanceId: string) => Instance | undefined
  readonly roles: RoleSessions
  readonly agentVersion: string
}

const encodeKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/')

export const createMachineCalls = ({
  gateway,
  find,
  roles,
  agentVersion,
}: MachineCallsDeps): MachineCalls => {
  const prepare = async (instanceId: string, service: string) => {
    const instance = find(instanceId)
    if (instance === undefined) throw new StartFailure(`${instanceId} is gone`)
    const signer = await roles.find(instance)
    if (signer === undefined) throw new StartFailure(`${instanceId} has no role to call ${service} with`)
    const { region, network } = instance
    const userAgent = `amazon-ssm-agent/${agentVersion}`
    return { signer, call: { region, service, source: `${network.privateIp}:0`, userAgent } }
  }
  return {
    async ask(instanceId, service, target, input) {
      const { signer, call } = await prepare(instanceId, service)
      return callInside(gateway(), { ...call, target, input }, signer)
    },
    async put(instanceId, bucket, key, text) {
      const { signer, call } = await prepare(instanceId, 's3')
      const path = `/${encodeURIComponent(bucket)}/${encodeKey(key)}`
      const object = { method: 'PUT', path, type: 'text/plain', body: Buffer.from(text) } as const
      return putInside(gateway(), { ...call, ...object }, signer)
    },
  }
}
