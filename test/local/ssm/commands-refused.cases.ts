import {
  CancelCommandCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
} from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { a, error, get, silent, world } from './commands-place.ts'
import { accountId, machineOf } from './fixture.ts'

const base = { DocumentName: 'AWS-RunShellScript', Parameters: { commands: ['true'] } }
const unknown = machineOf('9').instanceId
test.each<[string, SendCommandCommandInput, string, string?]>([
  [
    'an unknown machine',
    { ...base, InstanceIds: [unknown] },
    'InvalidInstanceId',
    `Instances [[${unknown}]] not in a valid state for account ${accountId}`,
  ],
  ['one without an agent', { ...base, InstanceIds: [silent.instanceId] }, 'InvalidInstanceId'],
  [
    'one target that is away',
    { ...base, Targets: [{ Key: 'InstanceIds', Values: [a.instanceId, unknown] }] },
    'InvalidInstanceId',
  ],
  ['no machine at all', base, 'InvalidInstanceId'],
  ['one machine twice', { ...base, InstanceIds: [a.instanceId, a.instanceId] }, 'DuplicateInstanceId'],
  [
    '51 machines',
    { ...base, InstanceIds: Array(51).fill(a.instanceId) },
    'ValidationException',
    "at 'instanceIds' failed to satisfy constraint: Member must have length less than or equal to 50",
  ],
  [
    'no id',
    { ...base, InstanceIds: ['machine'] },
    'ValidationException',
    "Value 'machine' at 'instanceIds.1.member'",
  ],
  ['no commands', { DocumentName: base.DocumentName, InstanceIds: [a.instanceId] }, 'InvalidParameters'],
  [
    'an unknown parameter',
    { ...base, InstanceIds: [a.instanceId], Parameters: { commands: ['x'], nope: ['y'] } },
    'InvalidParameters',
  ],
  [
    'a timeout that is none',
    { ...base, InstanceIds: [a.instanceId], Parameters: { commands: ['x'], executionTimeout: ['1h'] } },
    'InvalidParameters',
  ],
  [
    'another document',
    { ...base, DocumentName: 'AWS-RunPatchBaseline', InstanceIds: [a.instanceId] },
    'InvalidDocument',
  ],
  [
    'a version that is not there',
    { ...base, DocumentVersion: '7', InstanceIds: [a.instanceId] },
    'InvalidDocumentVersion',
  ],
  ['29 seconds', { ...base, TimeoutSeconds: 29, InstanceIds: [a.instanceId] }, 'ValidationException'],
  [
    'a long comment',
    { ...base, Comment: 'x'.repeat(101), InstanceIds: [a.instanceId] },
    'ValidationException',
  ],
  [
    'output to S3',
    { ...base, OutputS3BucketName: 'bucket', InstanceIds: [a.instanceId] },
    'UnsupportedOperation',
  ],
  [
    'output to logs',
    { ...base, CloudWatchOutputConfig: { CloudWatchOutputEnabled: true }, InstanceIds: [a.instanceId] },
    'UnsupportedOperation',
  ],
  [
    'a resource group',
    { ...base, Targets: [{ Key: 'resource-groups:Name', Values: ['x'] }] },
    'UnsupportedOperation',
  ],
])('%s is refused', async (_, input, name, message = '') => {
  const refused = await error(world.client.send(new SendCommandCommand(input)))
  expect(refused).toMatchObject({ name, message: expect.stringContaining(message) })
})

test('what does not exist is said in the words of AWS', async () => {
  const CommandId = '00000000-0000-4000-8000-000000000000'
  expect((await error(get(CommandId)))?.name).toBe('InvocationDoesNotExist')
  expect((await error(world.client.send(new CancelCommandCommand({ CommandId }))))?.name).toBe(
    'InvalidCommandId',
  )
  const { CommandInvocations } = await world.client.send(new ListCommandInvocationsCommand({ CommandId }))
  expect(CommandInvocations).toEqual([])
  const Filters = [{ key: 'Nope' as 'Status', value: 'x' }]
  expect((await error(world.client.send(new ListCommandsCommand({ Filters }))))?.name).toBe(
    'InvalidFilterKey',
  )
})
