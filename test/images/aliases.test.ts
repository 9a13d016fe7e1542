import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { moveAlias, readAliases } from '../../scripts/image/alias.ts'
import { ImageStore } from '../../scripts/image/image-store.ts'
import type { Target } from '../../scripts/target.ts'
import { type ClientConfig, openSession, type Session } from '../e2e/cli.ts'
import {
  accountId,
  digests,
  keysBelow,
  put,
  type Registered,
  region,
  register,
  registerThree,
} from './fleet-fixture.ts'

/** The books without machines: what these commands read and write is the same with them. */
const minutes = 60_000

let session: Session
let sdk: ClientConfig

describe.sequential('aliases of images', { timeout: 4 * minutes }, () => {
  let a: Registered
  let b: Registered
  let c: Registered

  beforeAll(async () => {
    session = openSession({ local: { machines: 'off' } })
    sdk = await session.sdkConfig()
    ;({ a, b, c } = await registerThree(sdk))
  })
  afterAll(() => session.close(), 4 * minutes)

  test('nothing to roll back to is said before anything is made', async () => {
    const { code, stderr } = await session.run('image:rollback')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('default has no current image'),
    })
  })

  test('what must not be promoted is refused, and the alias stays away', async () => {
    const wrong = await register(sdk, { digest: digests.a, architecture: 'x86_64' })
    const cases: [string, string][] = [
      [
        c.imageId,
        `error: the image ${c.imageId} is not verified: its build did not come to its end\nhint:  npm run image:build makes one that is`,
      ],
      [wrong.imageId, 'is for x86_64, sandboxes are arm64'],
      ['ami-0123456789abcdef0', 'does not exist in us-west-2'],
    ]
    const ended = await Promise.all(cases.map(([imageId]) => session.run('image:promote', imageId)))
    ended.forEach(({ code, stderr }, at) => {
      expect(code).toBe(1)
      expect(stderr).toContain(cases[at]?.[1])
    })
    expect((await readAliases(sdk, 'default')).current).toBeUndefined()
  })

  test('what is typed wrong is usage', async () => {
    const ended = await Promise.all([
      session.run('image:promote'),
      session.run('image:promote', 'nonsense'),
      session.run('image:prune'),
      session.run('image:prune', '--keep', '2', '--grace', 'soon'),
      session.run('image:diff', 'current'),
    ])
    expect(ended.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2])
  })

  test('promote, promote, roll back: current and previous follow', async () => {
    expect((await session.run('image:promote', a.imageId)).code).toBe(0)
    expect((await session.run('image:promote', b.imageId)).stderr).toContain(
      `current of default: ${a.imageId} -> ${b.imageId}`,
    )
    expect(await readAliases(sdk, 'default')).toMatchObject({
      current: { imageId: b.imageId },
      previous: { imageId: a.imageId },
    })
    expect((await session.run('image:promote', b.imageId)).stderr).toContain('already')
    expect((await session.run('image:rollback')).stdout).toBe(`${a.imageId}\n`)
    expect(await readAliases(sdk, 'default')).toMatchObject({
      current: { imageId: a.imageId },
      previous: { imageId: b.imageId },
    })
  })

  test('two promoters who read the same: one wins, the other is told', async () => {
    const store = new ImageStore({ accountId, region, sdk } as unknown as Target)
    const other = await register(sdk, { digest: digests.b })
    const { signal } = new AbortController()
    const read = await readAliases(sdk, 'default')
    const ended = await Promise.allSettled(
      [b.imageId, other.imageId].map((to) => moveAlias({ sdk, store, read, to, signal })),
    )
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const told = ended.find((one) => one.status === 'rejected')
    expect(String(told?.reason)).toMatch(/was moved by somebody else.*nothing was changed/)
    const winner = ended[0]?.status === 'fulfilled' ? b.imageId : other.imageId
    expect(await readAliases(sdk, 'default')).toMatchObject({
      current: { imageId: winner },
      previous: { imageId: a.imageId },
    })
    expect(await keysBelow(sdk, 'aliases/')).toEqual([])
    await moveAlias({ sdk, store, read: await readAliases(sdk, 'default'), to: a.imageId, signal })
  })

  test('the lock of a promoter who died is taken over', async () => {
    await put(sdk, names.aliasLockKey('default'), {
      id: 'x',
      until: new Date(Date.now() - 1000).toISOString(),
    })
    expect((await session.run('image:promote', b.imageId)).code).toBe(0)
    expect(await keysBelow(sdk, 'aliases/')).toEqual([])
    expect((await session.run('image:rollback')).code).toBe(0)
  })
})
