import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../images/digest.ts'
import { Artifacts } from '../../scripts/image/artifacts.ts'

const state = mkdtempSync(join(tmpdir(), 'kiro-artifacts-'))
const folder = join(state, 'artifacts')
const good = Buffer.from('an archive')
let served: Buffer = good
let calls = 0
let server: Server
let address = ''

beforeAll(async () => {
  server = createServer((_request, response) => {
    calls += 1
    response.end(served)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/kiro.zip`
})
afterEach(() => {
  served = good
  calls = 0
  rmSync(folder, { recursive: true, force: true })
})
afterAll(() => {
  server.close()
  rmSync(state, { recursive: true, force: true })
})

const fetchIt = (sum: string | undefined) =>
  new Artifacts({ state }).fetch(
    { what: 'kiro-cli 2.21.4', address, sha256: sum },
    new AbortController().signal,
    () => {},
  )

test('what is not as locked is refused with both sums, and nothing of it stays', async () => {
  served = Buffer.from('somebody else put this here')
  await expect(fetchIt(sha256(good))).rejects.toThrow(
    `kiro-cli 2.21.4 is not what was locked: the sha256 of ${address} is ${sha256(served)}, expected ${sha256(good)}`,
  )
  expect(readdirSync(folder)).toEqual([])
})

test('it is fetched once, and again when the copy here is damaged', async () => {
  const { file } = await fetchIt(sha256(good))
  await fetchIt(sha256(good))
  expect(calls).toBe(1)
  writeFileSync(file, 'half')
  await fetchIt(sha256(good))
  expect(calls).toBe(2)
  expect(readFileSync(file)).toEqual(good)
})

test('without a locked sum the one of the bytes is told', async () =>
  expect(await fetchIt(undefined)).toEqual({ file: join(folder, sha256(good)), sha256: sha256(good) }))
