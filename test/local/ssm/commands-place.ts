import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  GetCommandInvocationCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
} from '@aws-sdk/client-ssm'
import { afterAll, beforeAll } from 'vitest'
import { waitUntil } from '../control/fixture.ts'
import { machineOf, openWorld, type World } from './fixture.ts'

export let world: World
export const [a, b] = [
  machineOf('a', { tags: { Name: 'first', team: 'blue' } }),
  machineOf('b', { tags: { team: 'blue' } }),
]
export const silent = machineOf('c')

beforeAll(async () => {
  world = await openWorld()
  for (const machine of [a, b, silent]) world.put(machine)
  await world.ping(a.instanceId)
  await world.ping(b.instanceId)
})
afterAll(() => world.close())

export const send = async (commands: string[], more: Partial<SendCommandCommandInput> = {}) => {
  const { Parameters, ...rest } = more
  const { Command } = await world.client.send(
    new SendCommandCommand({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: more.Targets === undefined ? [a.instanceId] : [],
      Parameters: { commands, ...Parameters },
      ...rest,
    }),
  )
  return Command?.CommandId as string
}
export const get = (CommandId: string, InstanceId = a.instanceId) =>
  world.client.send(new GetCommandInvocationCommand({ CommandId, InstanceId }))
export const ended = async (CommandId: string, InstanceId = a.instanceId) => {
  const isOver = async () =>
    !/Pending|InProgress|Cancelling/.test((await get(CommandId, InstanceId)).Status ?? '')
  await waitUntil(isOver)
  return get(CommandId, InstanceId)
}
export const run = async (commands: string[], more: Partial<SendCommandCommandInput> = {}) =>
  ended(await send(commands, more))
export const started = (file: string) => waitUntil(() => existsSync(join(world.folder, file)))
export const error = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    ({ name, message }: Error) => ({ name, message }),
  )
