import * as z from 'zod'
import { answerJson, Refusal } from '../gateway/json-api.ts'
import type { Owners } from '../gateway/owners.ts'
import type { Instance } from '../guests/instance.ts'
import { parsePublicKey } from './public-key.ts'
import type { PushedKeys } from './pushed-keys.ts'

/** https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html */
const sendKey = z.object({
  InstanceId: z
    .string()
    .min(10)
    .max(32)
    .regex(/^i-[a-f0-9]+$/),
  InstanceOSUser: z
    .string()
    .min(1)
    .max(32)
    .regex(/^[A-Za-z_][A-Za-z0-9@._-]{0,30}[A-Za-z0-9$_-]?$/),
  SSHPublicKey: z.string().min(80).max(4096),
  AvailabilityZone: z
    .string()
    .min(6)
    .max(32)
    .regex(/^(\w+-){2,3}\d+\w+$/)
    .optional(),
})

export interface TunnelOwnersDeps {
  readonly keys: PushedKeys
  /** As the books say now, terminated ones included. */
  readonly findInstance: (instanceId: string) => Promise<Instance | undefined>
}

const refuse = (code: string, message: string): Refusal => new Refusal(code, message)

/** The half of EC2 Instance Connect that is an API. The other half is a websocket, see channel.ts. */
export const createTunnelOwners = ({ keys, findInstance }: TunnelOwnersDeps): Owners => ({
  'ec2-instance-connect/SendSSHPublicKey': answerJson(
    sendKey,
    async (input, { call, principal, incoming }) => {
      const { InstanceId, InstanceOSUser, SSHPublicKey, AvailabilityZone } = input
      const publicKey = parsePublicKey(SSHPublicKey)
      if (publicKey === undefined)
        throw refuse(
          'InvalidArgsException',
          'The provided SSH public key is no OpenSSH key of type RSA or ED25519',
        )
      const instance = await findInstance(InstanceId)
      if (instance?.region !== call.region || instance.state === 'terminated')
        throw refuse('EC2InstanceNotFoundException', `Instance ${InstanceId} not found`)
      const zone = instance.network.availabilityZone
      if (AvailabilityZone !== undefined && AvailabilityZone !== zone)
        throw refuse(
          'EC2InstanceNotFoundException',
          `Instance ${InstanceId} not found in ${AvailabilityZone}`,
        )
      if (instance.state !== 'running')
        throw refuse(
          'EC2InstanceStateInvalidException',
          `Instance ${InstanceId} is not in a state where keys can be pushed: ${instance.state}`,
        )
      const about = { instanceId: InstanceId, user: InstanceOSUser, publicKey }
      keys.push({ ...about, caller: principal.arn, requestId: incoming.id })
      return { RequestId: incoming.id, Success: true }
    },
  ),
})
