import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { connectClient } from './client.ts'
import { clients, connect, id, resume, room } from './place.ts'

interface Event {
  readonly eventName: string
  readonly userIdentity: { readonly userName?: string }
  readonly requestParameters: Readonly<Record<string, string>>
}

test('who starts, resumes and ends a session is in the trail, who opens its channel in the journal, without a token', async () => {
  const { client, sessionId } = await connect({ Reason: 'audited' })
  await client.see(/\$ $/)
  const { TokenValue = '', ...rest } = await resume(sessionId)
  const stranger = await connectClient({ ...rest, TokenValue: 'x'.repeat(64) })
  clients.push(stranger)
  await stranger.until('refusal', () => stranger.drops() > 0)
  await room.clients.ssm.send(new TerminateSessionCommand({ SessionId: sessionId }))
  expect(await client.end()).toBe('')
  const attribute = 'AttributeKey=EventSource,AttributeValue=ssm.amazonaws.com'
  const { stdout } = await room.aws(
    ...['cloudtrail', 'lookup-events', '--lookup-attributes', attribute, '--output', 'json'],
  )
  const events = (JSON.parse(stdout) as { Events: { CloudTrailEvent: string }[] }).Events.map(
    ({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent) as Event,
  )
  const told = events.filter(
    ({ requestParameters: asked }) => asked?.sessionId === sessionId || asked?.reason === 'audited',
  )
  expect(told.map(({ eventName, requestParameters: asked }) => [eventName, asked.target])).toEqual([
    ['TerminateSession', undefined],
    ['ResumeSession', undefined],
    ['StartSession', id],
  ])
  const journal = readFileSync(join(room.room.paths.local, 'journal.jsonl'), 'utf8')
  const opened = journal
    .split('\n')
    .filter((line) => line.includes('OpenDataChannel') && line.includes(sessionId))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(opened).toMatchObject([
    {
      ...{ service: 'ssmmessages', status: 101, error: null, region: 'us-west-2' },
      principal: expect.stringContaining('local-operator'),
      parameters: { sessionId, target: id },
    },
    { status: 403, error: 'AccessDeniedException', principal: null },
  ])
  expect(TokenValue.length).toBeGreaterThan(40)
  expect(journal).not.toContain(TokenValue)
}, 240_000)
