import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { countCalls } from './place.ts'
import { host, place, wayFile } from './ssh-place.ts'

describe('the way that was found the last time', () => {
  test('is used without asking EC2', async () => {
    const asked = () => countCalls(place, 'DescribeInstances')
    await place.ssh([host, 'true'])
    const before = await asked()
    expect((await place.ssh([host, 'true'])).code).toBe(0)
    expect(await asked()).toBe(before)
  }, 240_000)

  test.each<[string, (way: Record<string, unknown>) => unknown]>([
    ['to a machine that is gone', (way) => ({ ...way, instanceId: 'i-0123456789abcdef0' })],
    [
      'through an endpoint that is gone',
      (way) => ({ ...way, endpoint: { id: 'eice-0123456789abcdef0', dnsName: place.dnsName } }),
    ],
    ['in a file that is torn', () => 'torn'],
  ])(
    'is forgotten when it leads %s',
    async (_where, change) => {
      const file = wayFile()
      const way = JSON.parse(readFileSync(file, 'utf8'))
      writeFileSync(file, JSON.stringify(change(way)))
      expect(await place.ssh([host, 'echo back'])).toMatchObject({ code: 0, stderr: '' })
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(way)
    },
    60_000,
  )
})
