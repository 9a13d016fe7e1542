import { UserError } from '../../config/user-error.ts'
import { findAgent } from '../aws/agent.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import { poll } from '../aws/poll.ts'
import type { SdkConfig } from '../target.ts'

/** Instance state and why it is that. */
const findState = async (sdk: SdkConfig, instanceId: string) => {
  const { DescribeInstancesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  try {
    const { Reservations } = await new EC2Client(sdk).send(
      new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
    )
    const instance = Reservations?.[0]?.Instances?.[0]
    return { state: instance?.State?.Name ?? 'pending', reason: instance?.StateReason?.Message }
  } catch (error) {
    // For a moment after the launch not every part of EC2 knows it.
    if (isAwsError(error, 'InvalidInstanceID.NotFound')) return { state: 'pending', reason: undefined }
    return awsCall(`look at ${instanceId}`, () => Promise.reject(error))
  }
}

const ending = new Set(['shutting-down', 'terminated', 'stopping', 'stopped'])

/** Until Run Command can reach it. */
export const waitOnline = async (
  sdk: SdkConfig,
  instanceId: string,
  options: { readonly seconds: number; readonly signal: AbortSignal; note(text: string): void },
): Promise<void> => {
  options.note('the SSM agent has not reported yet')
  let lookedAt = performance.now()
  await poll(
    options.signal,
    options.seconds,
    async () => {
      const agent = await findAgent(sdk, instanceId)
      if (agent.state === 'online') return true
      if (performance.now() - lookedAt > 3000) {
        lookedAt = performance.now()
        const { state, reason } = await findState(sdk, instanceId)
        if (ending.has(state))
          throw new UserError(
            `${instanceId} is ${state} before it was ready: ${reason ?? 'no reason given'}`,
            {
              hint: 'run the same command again',
            },
          )
      }
      return undefined
    },
    () =>
      new UserError(`the SSM agent of ${instanceId} has not answered within ${options.seconds} s`, {
        hint: 'its subnet must reach ssm, ssmmessages and ec2messages (network.endpoints); image.agentSeconds sets the wait',
      }),
  )
}
