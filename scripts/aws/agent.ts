import type { SdkConfig } from '../target.ts'
import { awsCall, isAwsError } from './call.ts'

/** unsupported: this AWS runs no machines, so there is no agent to wait for. */
export type AgentState = 'online' | 'offline' | 'unsupported'

export interface Agent {
  readonly state: AgentState
  /** What it says it runs on, such as `Amazon Linux 2023`. */
  readonly platform: string | undefined
}

/** What Systems Manager says about the agent of an instance. */
export const findAgent = async (sdk: SdkConfig, instanceId: string): Promise<Agent> => {
  const { DescribeInstanceInformationCommand, SSMClient } = await import('./sdk/ssm.ts')
  const call = new DescribeInstanceInformationCommand({
    Filters: [{ Key: 'InstanceIds', Values: [instanceId] }],
  })
  try {
    const { InstanceInformationList } = await new SSMClient(sdk).send(call)
    const [found] = InstanceInformationList ?? []
    const platform = [found?.PlatformName, found?.PlatformVersion].filter((word) => word !== undefined)
    return {
      state: found?.PingStatus === 'Online' ? 'online' : 'offline',
      platform: platform.length === 0 ? undefined : platform.join(' '),
    }
  } catch (error) {
    if (isAwsError(error, 'UnsupportedOperation')) return { state: 'unsupported', platform: undefined }
    return awsCall(`ask for the agent of ${instanceId}`, () => Promise.reject(error))
  }
}

/** Milliseconds between two questions: a machine that boots within seconds shall not wait for us. */
const planPause = (waited: number): number => (waited < 10_000 ? 300 : 2000)

/** Polls until the agent answers; the last state when it does not in time. @param seconds longest wait */
export const waitForAgent = async (
  sdk: SdkConfig,
  instanceId: string,
  seconds: number,
  signal: AbortSignal,
): Promise<AgentState> => {
  const started = performance.now()
  for (;;) {
    const { state } = await findAgent(sdk, instanceId)
    const waited = performance.now() - started
    if (state !== 'offline' || waited > seconds * 1000) return state
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, planPause(waited)))
  }
}
