import type { GetCommandInvocationCommandOutput } from '@aws-sdk/client-ssm'
import { UserError } from '../../config/user-error.ts'
import type { SdkConfig } from '../target.ts'
import { awsCall, isAwsError } from './call.ts'
import { poll } from './poll.ts'

export interface RemoteResult {
  readonly ok: boolean
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** Success, Failed, TimedOut, Cancelled, Undeliverable ... */
  readonly status: string
}

export interface RemoteScript {
  readonly text: string
  readonly seconds: number
  /** Shown beside the command in the console of Systems Manager, at most 100 characters. */
  readonly about: string
  /** Called while it runs, every few seconds. */
  readonly meanwhile?: () => Promise<void>
}

/** A command that no agent took within this is not delivered; the least that AWS takes is 30. */
const deliverySeconds = 60
/** An agent that has just come Online may still be unknown to SendCommand. */
const acceptanceSeconds = 60
const underWay = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling'])
const meanwhileEvery = 5_000

/** One machine that we speak to through Run Command, as root. */
export class Remote {
  readonly instanceId: string
  private readonly sdk: SdkConfig
  private readonly signal: AbortSignal

  constructor(sdk: SdkConfig, instanceId: string, signal: AbortSignal) {
    this.sdk = sdk
    this.instanceId = instanceId
    this.signal = signal
  }

  async run(script: RemoteScript): Promise<RemoteResult> {
    const commandId = await this.send(script)
    let asked = performance.now()
    return poll(
      this.signal,
      script.seconds + deliverySeconds + 30,
      async () => {
        const found = await this.find(commandId)
        if (found !== undefined && !underWay.has(found.Status ?? '')) return renderResult(found)
        if (script.meanwhile !== undefined && performance.now() - asked > meanwhileEvery) {
          await script.meanwhile()
          asked = performance.now()
        }
        return undefined
      },
      () =>
        new UserError(`${this.instanceId} has not finished "${script.about}" within ${script.seconds} s`, {
          hint: 'run the same command again',
        }),
    )
  }

  private async send({ text, seconds, about }: RemoteScript): Promise<string> {
    const { SendCommandCommand, SSMClient } = await import('./sdk/ssm.ts')
    const client = new SSMClient(this.sdk)
    const call = new SendCommandCommand({
      InstanceIds: [this.instanceId],
      DocumentName: 'AWS-RunShellScript',
      Comment: about.slice(0, 100),
      TimeoutSeconds: deliverySeconds,
      Parameters: { commands: [text], executionTimeout: [String(seconds)] },
    })
    return poll(
      this.signal,
      acceptanceSeconds,
      async () => {
        try {
          return (await client.send(call)).Command?.CommandId
        } catch (error) {
          if (isAwsError(error, 'InvalidInstanceId')) return undefined
          return awsCall(`run "${about}" on ${this.instanceId}`, () => Promise.reject(error))
        }
      },
      () =>
        new UserError(
          `Systems Manager has taken no command for ${this.instanceId} within ${acceptanceSeconds} s`,
          { hint: 'run the same command again' },
        ),
    )
  }

  private async find(commandId: string): Promise<GetCommandInvocationCommandOutput | undefined> {
    const { GetCommandInvocationCommand, SSMClient } = await import('./sdk/ssm.ts')
    const call = new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: this.instanceId })
    try {
      return await new SSMClient(this.sdk).send(call)
    } catch (error) {
      // For a moment after it was sent.
      if (isAwsError(error, 'InvocationDoesNotExist')) return undefined
      return awsCall(`look at a command on ${this.instanceId}`, () => Promise.reject(error))
    }
  }
}

const renderResult = (found: GetCommandInvocationCommandOutput): RemoteResult => ({
  ok: found.Status === 'Success',
  exitCode: found.ResponseCode ?? -1,
  stdout: found.StandardOutputContent ?? '',
  stderr: found.StandardErrorContent ?? '',
  status: found.StatusDetails ?? found.Status ?? 'unknown',
})

/** The last lines of what a script said; a failure's reason stands at the end. */
export const lastLines = (text: string, count: number): string => {
  const lines = text.trimEnd().split('\n')
  return lines.slice(-count).join('\n')
}
