import { setTimeout as delay } from 'node:timers/promises'
import { GetCommandInvocationCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm'
import { names } from '../../config/names.ts'
import type { Session } from './cli.ts'

/** Runs a script as root in a machine through Run Command, as an administrator would; its output and errors. */
export const openRunner = async (session: Session) => {
  const client = new SSMClient(await session.sdkConfig())
  return async (instanceId: string, script: string): Promise<string> => {
    const { Command } = await client.send(
      new SendCommandCommand({
        InstanceIds: [instanceId],
        DocumentName: 'AWS-RunShellScript',
        Parameters: { commands: [script] },
      }),
    )
    for (;;) {
      await delay(150)
      const found = await client
        .send(new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId: instanceId }))
        .catch(() => undefined)
      if (found !== undefined && !['Pending', 'InProgress', 'Delayed'].includes(found.Status ?? ''))
        return `${found.StandardOutputContent}${found.StandardErrorContent}`.trimEnd()
    }
  }
}

/** What the engineer would see who typed it. */
export const asEngineer = (command: string): string =>
  `runuser -l ${names.sandboxUser} -c '${command.replaceAll("'", `'\\''`)}' 2>&1 || true`
