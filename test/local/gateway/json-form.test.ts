import { SignatureV4 } from '@smithy/signature-v4'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Sha256 } from '../../../connect/sha256.ts'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import { openRoom, type Room, region } from '../control/fixture.ts'

let room: Room
let target: LocalTarget
beforeAll(async () => {
  room = await openRoom()
  target = await room.up()
})
afterAll(() => room?.close())

test('a call in JSON is not taken in another form, which policies would read otherwise', async () => {
  const { host, hostname } = new URL(target.endpoint)
  const { accessKeyId, secretAccessKey } = target
  const signer = new SignatureV4({
    ...{ service: 'cloudtrail', region, sha256: Sha256 },
    credentials: { accessKeyId, secretAccessKey },
  })
  const body = '{"MaxResults":1}'
  const { headers } = await signer.sign({
    ...{ method: 'POST', protocol: 'http:', hostname, path: '/', body },
    query: { Action: 'LookupEvents' },
    headers: { host, 'content-type': 'application/x-amz-json-1.1' },
  })
  const answer = await fetch(`${target.endpoint}/?Action=LookupEvents`, { method: 'POST', headers, body })
  expect([answer.status, await answer.text()]).toEqual([
    404,
    expect.stringContaining('LookupEvents is asked for in JSON'),
  ])
})
