import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  CancelCommandCommand,
  DescribeDocumentCommand,
  GetDocumentCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  waitUntilCommandExecuted,
} from '@aws-sdk/client-ssm'
import { describe, expect, test } from 'vitest'
import { isAlive, waitUntil } from '../control/fixture.ts'
// More commands for the same machines.
import './commands-faults.cases.ts'
import './commands-refused.cases.ts'
import { a, b, ended, error, get, run, send, started, world } from './commands-place.ts'

test('a script runs and its end is told, exit code, both streams and times', async () => {
  const result = await run(['echo out', 'echo err >&2', 'exit 3'])
  expect(result).toMatchObject({
    PluginName: 'aws:runShellScript',
    DocumentName: 'AWS-RunShellScript',
    DocumentVersion: '$DEFAULT',
    ResponseCode: 3,
    Status: 'Failed',
    StatusDetails: 'Failed',
    StandardOutputContent: 'out\n',
    StandardErrorContent: 'err\nfailed to run commands: exit status 3',
    ExecutionStartDateTime: expect.stringMatching(/^\d{4}-.*Z$/),
    ExecutionElapsedTime: expect.stringMatching(/^PT[\d.]+S$/),
  })
})

test('the answer to SendCommand is that of AWS', async () => {
  const { Command } = await world.client.send(
    new SendCommandCommand({
      DocumentName: 'arn:aws:ssm:us-west-2::document/AWS-RunShellScript',
      InstanceIds: [a.instanceId],
      Parameters: { commands: ['true'] },
      Comment: 'hello',
      TimeoutSeconds: 60,
    }),
  )
  expect(Command).toMatchObject({
    DocumentName: 'AWS-RunShellScript',
    Comment: 'hello',
    Status: 'Pending',
    StatusDetails: 'Pending',
    TargetCount: 1,
    CompletedCount: 0,
    MaxConcurrency: '50',
    MaxErrors: '0',
    TimeoutSeconds: 60,
    InstanceIds: [a.instanceId],
    Targets: [],
  })
  expect(Number(Command?.ExpiresAfter) - Number(Command?.RequestedDateTime)).toBe((60 + 3600) * 1000)
})

test('a short command is over soon after it was sent', async () => {
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const began = performance.now()
    await run(['true'])
    times.push(performance.now() - began)
  }
  // Whatever else this computer does, it does not do it five times in a row.
  expect(Math.min(...times)).toBeLessThan(1500)
})

test('the script is where the agent puts it, for root alone, with the environment of a service', async () => {
  const result = await run(['echo "$0"; env; pwd; tty; cat'])
  const [script, ...lines] = (result.StandardOutputContent ?? '').split('\n')
  const folder = `document/orchestration/${result.CommandId}/awsrunShellScript/0.awsrunShellScript`
  expect(script).toBe(join(world.base, a.instanceId, folder, '_script.sh'))
  expect(statSync(join(script as string, '..')).mode & 0o777).toBe(0o700)
  expect(lines).toEqual(
    expect.arrayContaining([
      `SSM_COMMAND_ID=${result.CommandId}`,
      `AWS_SSM_INSTANCE_ID=${a.instanceId}`,
      'AWS_SSM_REGION_NAME=us-west-2',
      'AWS_SSM_PLATFORM_NAME=Amazon Linux',
      '/usr/bin',
      'not a tty',
    ]),
  )
  expect(result.StandardOutputContent).not.toMatch(/^HOME=/m)
})

test.each([
  ['the first line picks the interpreter', ['#!/bin/bash', 'echo ${BASH_VERSION%%.*}x'], /^\d+x\n$/],
  ['quotes, dollars and umlauts arrive', ['echo \'a"b\' "\\$x" ä'], /^a"b \$x ä\n$/],
  [
    'what a background job writes is waited for',
    ['(sleep 0.3; echo late) &', 'echo early'],
    /^early\nlate\n$/,
  ],
])('%s', async (_, commands, expected) => {
  const result = await run(commands)
  expect(result.StandardOutputContent).toMatch(expected)
  expect(result.Status).toBe('Success')
})

test('a working directory is used, and one that is not there fails as on AWS', async () => {
  const there = await run(['pwd'], { Parameters: { workingDirectory: [world.folder] } })
  expect(there.StandardOutputContent).toBe(`${world.folder}\n`)
  expect(await run(['pwd'], { Parameters: { workingDirectory: ['/nowhere'] } })).toMatchObject({
    Status: 'Failed',
    ResponseCode: 1,
    StandardErrorContent: 'failed to run commands: fork/exec /usr/bin/sh: no such file or directory',
  })
})

test('long output is cut at 24,000 and 8,000 characters, and at 2,500 in lists', async () => {
  const result = await run([
    'head -c 30000 /dev/zero | tr "\\0" o',
    'head -c 9000 /dev/zero | tr "\\0" e >&2',
  ])
  expect(result.StandardOutputContent).toHaveLength(24_000)
  expect(result.StandardOutputContent).toMatch(/o--output truncated--$/)
  expect(result.StandardErrorContent).toHaveLength(8000)
  const { CommandInvocations } = await world.client.send(
    new ListCommandInvocationsCommand({ CommandId: result.CommandId, Details: true }),
  )
  const output = CommandInvocations?.[0]?.CommandPlugins?.[0]?.Output ?? ''
  expect(output.length).toBeLessThanOrEqual(2500)
  expect(output).toMatch(/o\n---Output truncated---\n----------ERROR-------\ne+\n---Error truncated----$/)
})

test('a script that takes too long is killed with its children', async () => {
  const child = join(world.folder, 'child')
  const result = await run([`sleep 600 & echo $! >'${child}'`, 'echo begun', 'sleep 600'], {
    Parameters: { executionTimeout: ['5'] },
  })
  expect(result).toMatchObject({
    Status: 'TimedOut',
    StatusDetails: 'ExecutionTimedOut',
    ResponseCode: 137,
    StandardOutputContent: 'begun\n',
  })
  const pid = Number(readFileSync(child, 'utf8'))
  expect(pid).toBeGreaterThan(1)
  await waitUntil(() => !isAlive(pid))
  const { Commands } = await world.client.send(new ListCommandsCommand({ CommandId: result.CommandId }))
  expect(Commands?.[0]).toMatchObject({
    Status: 'TimedOut',
    StatusDetails: 'ExecutionTimedOut',
    ErrorCount: 1,
  })
})

test('a command can be cancelled while it runs', async () => {
  const CommandId = await send([`touch '${world.folder}/running'`, 'sleep 60'])
  await started('running')
  await world.client.send(new CancelCommandCommand({ CommandId }))
  expect(await ended(CommandId)).toMatchObject({ Status: 'Cancelled', StatusDetails: 'Cancelled' })
  const { Commands } = await world.client.send(new ListCommandsCommand({ CommandId }))
  expect(Commands?.[0]?.Status).toBe('Cancelled')
})

test('cancelling what has ended changes nothing', async () => {
  const { CommandId } = await run(['true'])
  await world.client.send(new CancelCommandCommand({ CommandId }))
  expect((await get(CommandId as string)).Status).toBe('Success')
})

test('one machine after the other, and none after the first that failed', async () => {
  const CommandId = await send([`echo x >>'${world.folder}/count'`, 'exit 1'], {
    Targets: [{ Key: 'tag:team', Values: ['blue'] }],
    MaxConcurrency: '1',
  })
  await ended(CommandId, b.instanceId)
  expect(readFileSync(join(world.folder, 'count'), 'utf8')).toBe('x\n')
  expect((await get(CommandId, a.instanceId)).StatusDetails).toBe('Failed')
  expect((await get(CommandId, b.instanceId)).StatusDetails).toBe('Terminated')
  const { Commands } = await world.client.send(new ListCommandsCommand({ CommandId }))
  expect(Commands?.[0]).toMatchObject({ Status: 'Failed', TargetCount: 2, CompletedCount: 2, ErrorCount: 1 })
})

test('a command for a tag that nothing carries succeeds without doing anything, as on AWS', async () => {
  const CommandId = await send(['true'], { Targets: [{ Key: 'tag:team', Values: ['red'] }] })
  const { Commands } = await world.client.send(new ListCommandsCommand({ CommandId }))
  expect(Commands?.[0]).toMatchObject({
    Status: 'Success',
    StatusDetails: 'NoInstancesInTag',
    TargetCount: 0,
  })
})

test("the SDK's own waiter is content, and fails on a failure", async () => {
  const wait = (CommandId: string) =>
    waitUntilCommandExecuted(
      { client: world.client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 },
      { CommandId, InstanceId: a.instanceId },
    )
  expect((await wait(await send(['true']))).state).toBe('SUCCESS')
  await expect(wait(await send(['false']))).rejects.toThrow(/Failed/)
})

describe('lists', () => {
  test('newest first, in pages, filtered', async () => {
    const ids = [await send(['true']), await send(['true']), await send(['true'])].reverse()
    const first = await world.client.send(new ListCommandsCommand({ MaxResults: 2 }))
    expect(first.Commands?.map(({ CommandId }) => CommandId)).toEqual(ids.slice(0, 2))
    const second = await world.client.send(
      new ListCommandsCommand({ MaxResults: 2, NextToken: first.NextToken }),
    )
    expect(second.Commands?.[0]?.CommandId).toBe(ids[2])
    const failed = await world.client.send(
      new ListCommandInvocationsCommand({ Filters: [{ key: 'Status', value: 'Failed' }] }),
    )
    expect(failed.CommandInvocations?.every(({ Status }) => Status === 'Failed')).toBe(true)
    const before = await world.client.send(
      new ListCommandsCommand({ Filters: [{ key: 'InvokedBefore', value: '2020-01-01T00:00:00Z' }] }),
    )
    expect(before.Commands).toEqual([])
  })

  test('an invocation has the name tag of its machine, and no plugins unless asked for', async () => {
    const { CommandId } = await run(['true'])
    const { CommandInvocations } = await world.client.send(new ListCommandInvocationsCommand({ CommandId }))
    expect(CommandInvocations).toMatchObject([
      { InstanceName: 'first', CommandPlugins: [], Status: 'Success' },
    ])
  })
})

test('the document that runs can be read; other documents are asked of moto', async () => {
  const { Document } = await world.client.send(new DescribeDocumentCommand({ Name: 'AWS-RunShellScript' }))
  expect(Document).toMatchObject({
    Owner: 'Amazon',
    DocumentType: 'Command',
    PlatformTypes: ['Linux', 'MacOS'],
  })
  const { Content } = await world.client.send(new GetDocumentCommand({ Name: 'AWS-RunShellScript' }))
  expect(JSON.parse(Content ?? '')).toMatchObject({ schemaVersion: '1.2' })
  expect((await error(world.client.send(new DescribeDocumentCommand({ Name: 'mine' }))))?.name).toBe(
    'AskedMoto',
  )
})

test('the journal does not hold what a script says', async () => {
  await run(['echo my-secret'])
  await waitUntil(() => readFileSync(join(world.folder, 'journal.jsonl'), 'utf8').includes('HIDDEN_DUE_TO'))
  expect(readFileSync(join(world.folder, 'journal.jsonl'), 'utf8')).not.toContain('my-secret')
})
