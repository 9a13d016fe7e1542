import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { chooseEndpoint } from '../../connect/eice/choose-endpoint.ts'
import { awsCall } from '../aws/call.ts'
import { listEndpoints } from '../aws/endpoints.ts'
import type { SandboxMachine } from '../aws/instances.ts'
import { findSandbox } from '../connect/reach.ts'
import type { Context } from '../sandbox/context.ts'
import type { Way } from './way.ts'

export type Found =
  | { readonly kind: 'tunnel'; readonly way: Way }
  /** Through Session Manager then. */
  | { readonly kind: 'no-endpoint'; readonly why: string; readonly instanceId: string }

/** ssh waits for seconds, not for a machine to boot: it is said, not done. */
const refuseUnlessRunning = ({ state, instanceId, user }: SandboxMachine): void => {
  if (state === 'running') return
  throw new UserError(
    `the sandbox of ${user} is ${state} (${instanceId})`,
    state === 'pending'
      ? { hint: 'it boots; try again in a moment' }
      : { hint: `npm run sandbox:up -- --user ${user} starts it` },
  )
}

/** Of a VPC that another account shares, the endpoint may be seen and not used. */
const findEndpoint = async ({ target }: Context, { vpcId, subnetId }: SandboxMachine) => {
  const endpoints = await awsCall('list the Instance Connect Endpoints', () =>
    listEndpoints(target.sdk, vpcId ?? ''),
  )
  const own = endpoints.filter(({ ownerId }) => ownerId === target.accountId)
  const chosen = chooseEndpoint(own, subnetId)
  if (chosen !== undefined) return chosen
  const [foreign] = endpoints.filter(({ ownerId }) => ownerId !== target.accountId)
  if (foreign !== undefined) return `${foreign.id} belongs to account ${foreign.ownerId}`
  const [unusable] = own
  return unusable === undefined
    ? `${vpcId} has no Instance Connect Endpoint`
    : `the Instance Connect Endpoint ${unusable.id} is ${unusable.state}`
}

/** Asks AWS for everything that an ssh to this sandbox needs. */
export const findWay = async (context: Context, user: UserName): Promise<Found> => {
  const machine = await findSandbox(context, user)
  refuseUnlessRunning(machine)
  const { instanceId, privateIp } = machine
  const endpoint = await findEndpoint(context, machine)
  if (typeof endpoint === 'string') return { kind: 'no-endpoint', why: endpoint, instanceId }
  if (privateIp === undefined)
    return { kind: 'no-endpoint', why: `${instanceId} has no private address`, instanceId }
  const { accountId, region } = context.target
  const { id, dnsName } = endpoint
  return { kind: 'tunnel', way: { accountId, region, instanceId, privateIp, endpoint: { id, dnsName } } }
}
