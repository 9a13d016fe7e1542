import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../images/digest.ts'
import { packPayload } from '../../images/pack-payload.ts'
import { planImage } from '../../images/plan-build.ts'
import { lock, settings, sources } from './fixture.ts'

describe('the digest of an image', () => {
  test('is the same for the same inputs, and names the image', async () => {
    const [one, two] = [
      planImage(await sources, lock, settings),
      planImage(new Map([...(await sources)].reverse()), lock, settings),
    ]
    expect(two.digest).toBe(one.digest)
    expect(one.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(one.name).toBe(`kiro-sandbox-${one.digest.slice(0, 12)}`)
    expect(one.payload.find(({ path }) => path === 'values.env')?.content).toContain(one.digest)
  })

  test('changes with the swap, the lock, and one byte of a script', async () => {
    const files = await sources
    const { digest } = planImage(files, lock, settings)
    const touched = new Map(files).set('provision/lib.sh', `${files.get('provision/lib.sh')}#\n`)
    const others = [
      planImage(files, lock, { ...settings, image: { ...settings.image, swapMiB: 4096 } }),
      planImage(files, { ...lock, releasever: '2023.9.20251110' }, settings),
      planImage(touched, lock, settings),
    ].map((plan) => plan.digest)
    expect(new Set([digest, ...others]).size).toBe(4)
  })

  test('does not change with what only the build sees', async () => {
    const files = await sources
    const { digest } = planImage(files, lock, settings)
    const elsewhere = {
      ...settings.image,
      builderTypes: ['m7g.large'],
      deadlineMinutes: 30,
      agentSeconds: 20,
    }
    expect(planImage(files, lock, { ...settings, image: elsewhere }).digest).toBe(digest)
  })
})

test('the payload is the same bytes each time, and unpacks to its files and modes', async () => {
  const { payload } = planImage(await sources, lock, settings)
  const packed = packPayload(payload)
  expect(sha256(packPayload(payload))).toBe(sha256(packed))
  const folder = mkdtempSync(join(tmpdir(), 'kiro-payload-'))
  try {
    execFileSync('tar', ['-xzf', '-', '-C', folder, '--no-same-owner'], { input: packed })
    for (const { path, mode, content } of payload) {
      expect(readFileSync(join(folder, path), 'utf8')).toBe(content)
      expect(statSync(join(folder, path)).mode & 0o777).toBe(mode)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
