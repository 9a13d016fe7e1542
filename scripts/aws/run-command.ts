import { setTimeout as delay } from 'node:timers/promises'
import { UserError } from '../../config/user-error.ts'
import type { SdkConfig } from '../target.ts'
import { awsCall, isAwsError } from './call.ts'

export interface RanOnMachine {
  readonly code: number
  /** At most 24,000 characters; what is longer the service cuts. */
  readonly stdout: string
  readonly stderr: string
}

export interface RunOnMachine {
  readonly instanceId: string
  /** Lines of shell, run as root. They are kept in the account's command history: no secrets. */
  readonly lines: readonly string[]
  readonly seconds: number
  readonly comment: string
}

const unfinished = ['Pending', 'InProgress', 'Delayed', 'Cancelling']

/** Runs a short script by Run Command and waits for its end. */
export const runOnMachine = async (
  sdk: SdkConfig,
  { instanceId, lines, seconds, comment }: RunOnMachine,
  signal: AbortSignal,
): Promise<RanOnMachine> => {
  const { GetCommandInvocationCommand, SendCommandCommand, SSMClient } = await import('./sdk/ssm.ts')
  const client = new SSMClient(sdk)
  const { Command } = await awsCall(`run a command on ${instanceId}`, () =>
    client.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: [instanceId],
        Comment: comment,
        Parameters: { commands: [...lines], executionTimeout: [String(seconds)] },
      }),
    ),
  )
  const ask = new GetCommandInvocationCommand({ CommandId: Command?.CommandId ?? '', InstanceId: instanceId })
  const end = performance.now() + (seconds + 30) * 1000
  for (let pause = 100; performance.now() < end; pause = Math.min(pause * 1.5, 2000)) {
    signal.throwIfAborted()
    await delay(pause)
    try {
      const { Status = 'Pending', ResponseCode, ...output } = await client.send(ask)
      if (!unfinished.includes(Status))
        return {
          code: ResponseCode ?? -1,
          stdout: output.StandardOutputContent ?? '',
          stderr: output.StandardErrorContent ?? '',
        }
    } catch (error) {
      // The command is known a moment before its invocation is.
      if (!isAwsError(error, 'InvocationDoesNotExist'))
        await awsCall(`ask for the command on ${instanceId}`, () => Promise.reject(error))
    }
  }
  throw new UserError(`${instanceId} has not finished "${comment}" within ${seconds} s`, {
    hint: 'is its SSM agent online? npm run sandbox:status says so',
  })
}
