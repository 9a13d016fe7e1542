import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureCertificates } from '../../../local/doors/certificates.ts'
import { startSession } from '../../../scripts/aws/sessions.ts'
import { python, region, root } from '../../local/control/fixture.ts'
import { type GuestRoom, openGuestRoom } from '../../local/guests/fixture.ts'
import { openProxy, openSecureDoor } from './proxy.ts'
import { reach } from './reach.ts'

const host = 'ssmmessages.us-west-2.amazonaws.com'
let room: GuestRoom
let id = ''
let door: Awaited<ReturnType<typeof openSecureDoor>>
let proxy: Awaited<ReturnType<typeof openProxy>>
let authority = ''
beforeAll(async () => {
  room = await openGuestRoom()
  const folder = join(room.room.paths.state, 'test-tls')
  door = await openSecureDoor(await ensureCertificates({ root, python, folder }), room.target.endpoint)
  authority = join(folder, 'ca.pem')
  proxy = await openProxy(door.port, 'alice:secret')
  id = await room.launch()
  await room.online(id)
}, 400_000)
afterAll(async () => {
  proxy?.close()
  door?.close()
  await room?.close()
}, 240_000)

/** A command on the machine, with the address of its stream as AWS gives it. */
const run = async (line: string, HTTPS_PROXY: string) => {
  const { sdk, control } = reach(room, id)
  const parameters = { command: [line], separateOutputStream: ['true'] }
  const document = 'AWS-StartNonInteractiveCommand'
  const ticket = await startSession(sdk, { instanceId: id, document, parameters, reason: undefined })
  const streamUrl = ticket.streamUrl.replace(/^ws:\/\/[^/]+/, `wss://${host}`)
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'proxied-command.ts')],
    { env: { PATH: process.env.PATH, HTTPS_PROXY, NODE_EXTRA_CA_CERTS: authority }, cwd: root },
  )
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data: Buffer) => {
    stdout += data
  })
  child.stderr.on('data', (data: Buffer) => {
    stderr += data
  })
  child.stdin.end(JSON.stringify({ ...ticket, streamUrl, region, credentials: sdk.credentials }))
  const [code] = await once(child, 'close')
  await control.terminate(ticket.sessionId)
  return { code, stdout, stderr }
}

test('HTTPS_PROXY carries the data channel, with its name and password', async () => {
  const { code, stdout, stderr } = await run(
    `sh -c 'seq 1 20000; exit 5'`,
    `http://alice:secret@127.0.0.1:${proxy.port}`,
  )
  expect([code, stderr]).toEqual([5, ''])
  expect(stdout).toBe(Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join(''))
  expect(proxy.asked).toEqual([`${host}:443`])
  expect(door.upgrades).toMatchObject([{ host, authorization: expect.stringContaining('/ssmmessages/') }])
}, 240_000)

test('a proxy that refuses is named, without the password', async () => {
  const { code, stderr } = await run('true', `http://alice:wrong-word@127.0.0.1:${proxy.port}`)
  expect(code).toBe(98)
  expect(JSON.parse(stderr)).toMatchObject({
    ...{ name: 'DialFailure', proxy: `http://127.0.0.1:${proxy.port}` },
    message: expect.stringContaining('407'),
  })
  expect(stderr).not.toContain('wrong-word')
}, 240_000)
