import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readControlFile } from '../../../local/control/control-file.ts'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import { openRoom, type Room } from '../control/fixture.ts'

let room: Room
let target: LocalTarget
let port: number

beforeAll(async () => {
  room = await openRoom()
  target = await room.up()
  port = Number(new URL(target.endpoint).port)
})
afterAll(() => room.close())

const ask = (
  path: string,
  headers: Record<string, string>,
  method = 'GET',
  host = '127.0.0.1',
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const asked = request({ host, port, path, method, headers }, (message) => {
      let text = ''
      message.on('data', (chunk) => {
        text += chunk
      })
      message.on('end', () => resolve({ status: message.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end()
  })

test.each([
  { name: 'the Host of another site (DNS rebinding)', headers: { host: 'evil.example' } },
  { name: 'the Host of another site with our port', headers: { host: 'evil.example:PORT' } },
  { name: 'our Host with another port', headers: { host: '127.0.0.1:1' } },
  { name: 'an Origin', headers: { host: '127.0.0.1:PORT', origin: 'https://evil.example' } },
  {
    name: 'an Origin that looks like ours',
    headers: { host: '127.0.0.1:PORT', origin: 'http://127.0.0.1:PORT' },
  },
])('403 for $name, health included', async ({ headers }) => {
  const filled = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(port))]),
  )
  expect((await ask('/_local/health', filled)).status).toBe(403)
  expect((await ask('/', filled)).status).toBe(403)
})

test('health tells a stranger nothing but nonce, process and start', async () => {
  const { text } = await ask('/_local/health', {})
  expect(Object.keys(JSON.parse(text)).sort()).toEqual(['nonce', 'pid', 'startedAt'])
})

test('status and stop need the token of the control file', async () => {
  expect((await ask('/_local/status', {})).status).toBe(403)
  expect((await ask('/_local/stop', { 'x-local-token': 'guess' }, 'POST')).status).toBe(403)
  const token = readControlFile(room.paths.local)?.token as string
  expect(JSON.parse((await ask('/_local/status', { 'x-local-token': token })).text)).toMatchObject({
    state: 'ready',
    pid: target.pid,
    moto: '5.2.1',
  })
})

test('it listens on no other address', async () => {
  const { networkInterfaces } = await import('node:os')
  const others = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter((address) => !address.internal && address.family === 'IPv4'),
  )
  for (const { address } of others)
    await expect(ask('/_local/health', {}, 'GET', address)).rejects.toThrow(/ECONNREFUSED/)
  await expect(ask('/_local/health', {}, 'GET', '127.0.0.2')).rejects.toThrow(/ECONNREFUSED/)
})
