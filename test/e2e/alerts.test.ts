import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { parseUserName } from '../../config/user-name.ts'
import { openSession, type Session } from './cli.ts'

const minutes = 60_000
const elevated = names.elevatedRole(parseUserName('alice'))
const account = '111122223333'

/** Real Terraform, the real AWS CLI, events as the local trail wrote them down, matched by the rules that stand there. */
describe.sequential('alerts', () => {
  let session: Session
  const aws = async (region: string, ...args: string[]): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await session.exec('aws', [
      ...args,
      '--region',
      region,
      '--output',
      'json',
    ])
    expect([code, stderr]).toEqual([0, ''])
    return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>)
  }
  /** On the event bus as AWS puts it there. */
  const happen = async (region: string, source: string, type: string, detail: object): Promise<void> => {
    const file = join(session.state, 'event.json')
    const entry = { Source: source, DetailType: type, Detail: JSON.stringify(detail) }
    writeFileSync(file, JSON.stringify([entry]))
    await aws(region, 'events', 'put-events', '--entries', `file://${file}`)
  }
  const call = 'AWS API Call via CloudTrail'
  /** Names of the events that the log of alerts holds. */
  const told = async (): Promise<string[]> => {
    const { events } = await aws(
      ...(['us-east-1', 'logs', 'filter-log-events', '--log-group-name', names.alerts.logGroup] as const),
    )
    return (events as { message: string }[]).map(
      ({ message }) => (JSON.parse(message) as { detail: { eventName: string } }).detail.eventName,
    )
  }

  /** Stands for whoever subscribed. */
  const mails: string[] = []
  const reader = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { Type, Message } = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>
    if (Type === 'Notification') mails.push(Message ?? '')
    response.end()
  })

  beforeAll(async () => {
    await new Promise<void>((done) => reader.listen(0, '127.0.0.1', done))
    session = openSession({ alerts: { enabled: true, emails: ['alice@example.com'] } })
  })
  afterAll(async () => {
    reader.close()
    await session.close()
  }, minutes)

  test('are made, and Terraform has nothing to do then', { timeout: 4 * minutes }, async () => {
    const { code, stdout, stderr } = await session.run('alerts')
    expect(stdout).toContain('elevation  The window of an elevated role was written')
    expect(stderr).toContain('each of alice@example.com has to confirm a mail from AWS')
    expect(code).toBe(0)
    expect((await session.run('alerts')).stderr).toContain('up to date; nothing to do')
    expect((await session.run('alerts', '--plan')).stdout).toBe('alerts: no changes\n')
  })

  test('tell of a window and of a trust that were written, as CloudTrail has them, and of nothing else', {
    timeout: 3 * minutes,
  }, async () => {
    const topic = `arn:aws:sns:us-east-1:${account}:${names.alerts.topic}`
    const mailbox = `http://127.0.0.1:${(reader.address() as AddressInfo).port}`
    await aws(
      ...(['us-east-1', 'sns', 'subscribe', '--topic-arn', topic, '--protocol', 'http'] as const),
      ...['--notification-endpoint', mailbox],
    )
    const iam = new IAMClient(await session.sdkConfig())
    const statement = { Effect: 'Deny', Action: '*', Resource: '*' }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement })
    const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }
    const document = JSON.stringify({ Version: '2012-10-17', Statement: trust })
    const PolicyName = names.elevationWindow
    for (const RoleName of [elevated, 'deploy']) {
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document }))
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }))
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: document }))
    }
    const { Events } = await aws('us-east-1', 'cloudtrail', 'lookup-events')
    const details = (Events as { CloudTrailEvent: string }[]).map(
      ({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent) as { eventSource: string; eventName: string },
    )
    const ofIam = details.filter(({ eventSource }) => eventSource === 'iam.amazonaws.com')
    expect(ofIam.filter(({ eventName }) => eventName === 'PutRolePolicy').length).toBeGreaterThanOrEqual(2)
    // What Terraform did before is among them: the forwarder's own role and policy, which count as ours.
    for (const detail of ofIam) await happen('us-east-1', 'aws.iam', call, detail)
    expect((await told()).sort()).toEqual([
      ...['CreateRole', 'CreateRole', 'PutRolePolicy', 'PutRolePolicy', 'UpdateAssumeRolePolicy'],
    ])
    expect(mails.find((mail) => mail.includes('The window of an elevated role was written'))).toMatch(
      /PutRolePolicy by arn:aws:iam::111122223333:user\/local-operator from 127\.0\.0\.1 at 20\d\d-/,
    )
    expect(mails).toHaveLength(5)
  })

  test('tell of a console sign-in with a role of a sandbox, from either region', {
    timeout: 2 * minutes,
  }, async () => {
    const before = (await told()).length
    const signIn = (userName: string) => ({
      eventSource: 'signin.amazonaws.com',
      eventName: 'ConsoleLogin',
      userIdentity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { type: 'Role', userName } } },
    })
    const type = 'AWS Console Sign In via CloudTrail'
    await happen('us-east-1', 'aws.signin', type, signIn(elevated))
    await happen('us-west-2', 'aws.signin', type, signIn('kiro-readonly-alice'))
    await happen('us-west-2', 'aws.signin', type, signIn('Administrator'))
    expect((await told()).slice(before)).toEqual(['ConsoleLogin', 'ConsoleLogin'])
  })

  test('are off unless the settings ask for them, and go away all the same', {
    timeout: 3 * minutes,
  }, async () => {
    writeFileSync(session.settingsFile, '{}')
    expect(await session.run('alerts')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('alerts are off'),
    })
    expect((await session.run('alerts', '--remove', '--yes')).code).toBe(0)
    expect((await session.run('alerts', '--remove', '--yes')).stderr).toContain('nothing to do')
  })
})
