import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { parseUserName } from '../../config/user-name.ts'
import { openSession, type Session } from '../e2e/cli.ts'
import { takeInventory } from '../e2e/inventory.ts'
import { expectSound, minutes, quickNetwork } from '../e2e/sandbox-checks.ts'
import { Bucket } from './fleet-fixture.ts'

let session: Session
beforeAll(() => {
  session = openSession(quickNetwork)
})
afterAll(() => session.close(), 2 * minutes)

const up = (user: string) => session.run('sandbox:up', '--user', user)

/** What somebody does who tidies the bucket by hand. */
const forget = async (user: string): Promise<void> => {
  const s3 = new S3Client(await session.sdkConfig())
  const stack = names.sandboxStack(parseUserName(user))
  for (const Key of [names.stateKey(stack), names.recordKey(stack)])
    await s3.send(new DeleteObjectCommand({ Bucket, Key }))
}

test('sandbox:sweep --orphans removes all of a sandbox that has no state, and nothing of another', {
  timeout: 8 * minutes,
}, async () => {
  expect((await up('bob')).code).toBe(0)
  const before = await takeInventory(session)
  expect((await up('alice')).code).toBe(0)
  await forget('alice')
  const planned = await session.run('sandbox:sweep', '--plan', '--json')
  expect(planned.code).toBe(3)
  const { findings } = JSON.parse(planned.stdout) as { findings: { user: string; why: string }[] }
  expect(findings.map(({ user }) => user)).toEqual(['alice', 'alice', 'alice', 'alice'])
  expect(findings[0]?.why).toBe('instance of a sandbox alice that has no state')
  const { code, stderr } = await session.run('sandbox:sweep', '--orphans', '--yes')
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('4 of 4 removed') })
  expect(await takeInventory(session)).toEqual(before)
  await expectSound(session, 'bob')
  expect((await session.run('sandbox:sweep', '--plan')).code).toBe(0)
})
