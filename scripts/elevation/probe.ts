import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Paths } from '../../config/paths.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { Target } from '../target.ts'

/** `allowed`: the sandbox made a call with its elevated profile and AWS let it. */
export type Probed =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied'; readonly detail: string }
  /** It could not be tried; the window is written all the same. */
  | { readonly kind: 'skipped'; readonly detail: string }

/** Longest wait inside the sandbox: IAM needs some seconds, rarely a minute. */
const attemptSeconds = 60

const lines = async (paths: Paths, region: string, seconds: number): Promise<string[]> => [
  // All of them constants of ours: Run Command is logged, and nothing secret is in it.
  'SANDBOX_USER=kiro PROFILE=kiro-elevated',
  `REGION=${region} ATTEMPT_SECONDS=${seconds}`,
  ...(await readFile(join(paths.root, 'scripts', 'elevation', 'probe.sh'), 'utf8')).split('\n'),
]

/** Asks from where the window will be used; only there the whole chain of roles and networks is the real one. */
export const probeFromSandbox = async (
  target: Target,
  paths: Paths,
  instanceId: string,
  windowSeconds: number,
  signal: AbortSignal,
): Promise<Probed> => {
  const { GetCommandInvocationCommand, SendCommandCommand, SSMClient } = await import('../aws/sdk/ssm.ts')
  const client = new SSMClient(target.sdk)
  const commands = await lines(paths, target.region, Math.min(attemptSeconds, windowSeconds))
  const sent = await client
    .send(
      new SendCommandCommand({
        ...{ InstanceIds: [instanceId], DocumentName: 'AWS-RunShellScript', Parameters: { commands } },
        Comment: 'is the elevation window open',
      }),
    )
    .catch((error: unknown) => {
      if (isAwsError(error, 'AccessDeniedException', 'InvalidInstanceId', 'UnsupportedOperation'))
        return error
      return awsCall(`try the window from ${instanceId}`, () => Promise.reject(error))
    })
  if (sent instanceof Error) return { kind: 'skipped', detail: `${sent.name}: ${sent.message}` }
  const CommandId = (sent as { Command?: { CommandId?: string } }).Command?.CommandId
  const end = performance.now() + (attemptSeconds + 30) * 1000
  for (;;) {
    signal.throwIfAborted()
    await delay(200)
    const found = await client
      .send(new GetCommandInvocationCommand({ CommandId, InstanceId: instanceId }))
      .catch((error: unknown) => {
        // For a moment after SendCommand it is not there yet.
        if (isAwsError(error, 'InvocationDoesNotExist')) return undefined
        return awsCall(`try the window from ${instanceId}`, () => Promise.reject(error))
      })
    if (found?.Status === 'Success') return { kind: 'allowed' }
    const going = found === undefined || ['Pending', 'InProgress', 'Delayed'].includes(found.Status ?? '')
    if (!going) return { kind: 'denied', detail: found?.StandardErrorContent?.trim() || `${found?.Status}` }
    if (performance.now() > end) return { kind: 'skipped', detail: 'the sandbox did not answer in time' }
  }
}
