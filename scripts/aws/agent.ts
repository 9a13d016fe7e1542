import type { SdkConfig } from '../target.ts'
import { awsCall, isAwsError } from './call.ts'

/** unsupported: this AWS runs no machines, so there is no agent to wait for. */
export type AgentState = 'online' | 'offline' | 'unsupported'

/** What Systems Manager says about the agent of an instance. */
export const findAgentState = async (sdk: SdkConfig, instanceId: string): Promise<AgentState> => {
  const { DescribeInstanceInformationCommand, SSMClient } = await import('./sdk/ssm.ts')
  const call = new DescribeInstanceInformationCommand({
    Filters: [{ Key: 'InstanceIds', Values: [instanceId] }],
  })
  try {
    const { InstanceInformationList } = await new SSMClient(sdk).send(call)
    return InstanceInformationList?.[0]?.PingStatus === 'Online' ? 'online' : 'offline'
  } catch (error) {
    if (isAwsError(error, 'UnsupportedOperation')) return 'unsupported'
    return awsCall(`ask for the agent of ${instanceId}`, () => Promise.reject(error))
  }
}

/** Polls until the agent answers; the last state when it does not in time. @param seconds longest wait */
export const waitForAgent = async (
  sdk: SdkConfig,
  instanceId: string,
  seconds: number,
  signal: AbortSignal,
): Promise<AgentState> => {
  const started = performance.now()
  for (;;) {
    const state = await findAgentState(sdk, instanceId)
    if (state !== 'offline' || performance.now() - started > seconds * 1000) return state
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
}
