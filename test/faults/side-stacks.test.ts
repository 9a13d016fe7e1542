import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { openSession, type Running, readJson, type Session, stackFolder } from '../e2e/cli.ts'
import { minutes } from '../e2e/sandbox-checks.ts'

let session: Session
const group = '11111111-2222-3333-4444-555555555555'

const killBoth = async (run: Running, stack: string): Promise<void> => {
  const { terraform } = readJson(`${stackFolder(session, stack)}/run.json`) as { terraform: { pid: number } }
  process.kill(run.pid, 'SIGKILL')
  process.kill(terraform.pid, 'SIGKILL')
  await run.ended
}

/** What somebody does who tidies the bucket by hand: Terraform saved no more than a lock, or nothing that is left. */
const forget = async (stack: string): Promise<void> => {
  const s3 = new S3Client(await session.sdkConfig())
  const Bucket = names.stateBucket('111122223333', 'us-west-2')
  for (const Key of [names.stateKey(stack), `${names.stateKey(stack)}.tflock`, names.recordKey(stack)])
    await s3.send(new DeleteObjectCommand({ Bucket, Key }))
}

const sweep = async (): Promise<{ id: string; stack?: string; monthly: number }[]> =>
  (JSON.parse((await session.run('sandbox:sweep', '--plan', '--json')).stdout) as { findings: [] }).findings

describe.sequential('what is left of alerts and roles for laptops after a hard kill', () => {
  beforeAll(() => {
    session = openSession({
      local: { machines: 'off' },
      alerts: { enabled: true, emails: ['alice@example.com'] },
      laptopRoles: { groups: { readonly: [group] } },
    })
  })
  afterAll(() => session.close(), 2 * minutes)

  test('alerts: key, log and topic are found without a state, and sandbox:sweep removes them', {
    timeout: 6 * minutes,
  }, async () => {
    const run = session.start('alerts')
    await run.waitFor('+ cloudwatch log group')
    await killBoth(run, names.alerts.stack)
    await forget(names.alerts.stack)
    const found = await sweep()
    expect(found.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        ...[names.alerts.keyAlias, names.alerts.logGroup],
        `arn:aws:sns:us-east-1:111122223333:${names.alerts.topic}`,
      ]),
    )
    expect(found.filter(({ monthly }) => monthly > 0)).toHaveLength(1)
    expect((await session.run('sandbox:sweep', '--orphans', '--yes')).code).toBe(0)
    expect(await sweep()).toEqual([])
  })

  test('permission sets are found without a state, and the next run takes them over', {
    timeout: 6 * minutes,
  }, async () => {
    const run = session.start('laptop:roles')
    await run.waitFor('+ ssoadmin permission set')
    await killBoth(run, names.laptop.stack)
    await forget(names.laptop.stack)
    expect((await sweep()).map(({ stack }) => stack)).toContain(names.laptop.stack)
    expect((await session.run('laptop:roles')).code).toBe(0)
    await forget(names.laptop.stack)
    expect((await session.run('sandbox:sweep', '--orphans', '--yes')).code).toBe(0)
    expect(await sweep()).toEqual([])
  })
})
