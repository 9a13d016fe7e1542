import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession, type Session } from '../e2e/cli.ts'
import { expectSound, minutes, quickNetwork } from '../e2e/sandbox-checks.ts'

const bucket = 'kiro-sandbox-state-111122223333-us-west-2'

let session: Session

const up = (user: string, ...more: string[]) => session.start('sandbox:up', '--user', user, ...more)

describe.sequential('runs side by side', () => {
  beforeAll(() => {
    session = openSession(quickNetwork)
  })
  afterAll(() => session.close())

  test('two users at once, each in a command of its own, both get a sandbox', {
    timeout: 4 * minutes,
  }, async () => {
    const [alice, bob] = await Promise.all([up('alice').ended, up('bob').ended])
    expect(`${alice.stderr}${bob.stderr}`).toContain('The network is in other hands')
    expect([alice.code, bob.code]).toEqual([0, 0])
    await Promise.all(['alice', 'bob'].map((user) => expectSound(session, user)))
  })

  test('two runs for one user at once: one works, the other is told who is at it', {
    timeout: 3 * minutes,
  }, async () => {
    const first = up('carol')
    await first.waitFor('… Sandbox of carol')
    const second = await up('carol').ended
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(
      /error: npm run sandbox:up -- --user carol is already running here \(pid \d+, since /,
    )
    expect((await first.ended).code).toBe(0)
    await expectSound(session, 'carol')
  })

  test("somebody else's lock: who, since when, and what to type", { timeout: 3 * minutes }, async () => {
    const env = await session.awsEnvironment()
    const s3 = new S3Client({
      region: env.AWS_REGION ?? '',
      endpoint: env.AWS_ENDPOINT_URL ?? '',
      credentials: {
        accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
      },
    })
    const lock = {
      ID: '11111111-2222-3333-4444-555555555555',
      Operation: 'OperationTypeApply',
      Info: '',
      Who: 'bob@build-7',
      Version: '1.11.4',
      Created: new Date(Date.now() - 5 * minutes).toISOString(),
      Path: `${bucket}/sandbox-dave/terraform.tfstate`,
    }
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: 'sandbox-dave/terraform.tfstate.tflock',
        Body: JSON.stringify(lock),
      }),
    )
    const refused = await up('dave').ended
    expect(refused.code).toBe(1)
    // Of five minutes; on a busy computer it takes a part of another one until they are counted.
    expect(refused.stderr).toMatch(
      /error: sandbox-dave is locked by bob@build-7, who started apply [567] min ago/,
    )
    expect(refused.stderr).toContain(`--user dave --unlock ${lock.ID}`)
    const wrong = await up('dave', '--unlock', '99999999-2222-3333-4444-555555555555').ended
    expect(wrong.stderr).toContain('locked by bob@build-7')
    const { code } = await up('dave', '--unlock', lock.ID).ended
    expect(code).toBe(0)
    await expectSound(session, 'dave')
  })
})
