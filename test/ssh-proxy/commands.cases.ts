import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from './free-port.ts'
import { run } from './place.ts'
import { host, openMaster, place, sha256, tunnelsOpened } from './ssh-place.ts'

test('a command runs as the sandbox user; its output, its errors and its exit code are those of ssh', async () => {
  const bytes = randomBytes(100_000)
  const ran = await place.ssh([host, 'id -un >&2; cat; exit 7'], { input: bytes })
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 7, stderr: 'kiro\n' })
  expect(ran.stdout.equals(bytes)).toBe(true)
}, 240_000)

test('who opened the tunnel and pushed the key stands in the trail', async () => {
  for (const [name, parameter] of [
    ['OpenTunnel', place.endpointId],
    ['SendSSHPublicKey', place.instanceId],
  ] as const) {
    const { stdout } = await place.room.aws(
      ...['cloudtrail', 'lookup-events', '--lookup-attributes'],
      `AttributeKey=EventName,AttributeValue=${name}`,
    )
    const [event] = (JSON.parse(stdout) as { Events: { CloudTrailEvent: string }[] }).Events
    const said = JSON.parse(event?.CloudTrailEvent ?? '{}')
    expect(said).toMatchObject({ eventSource: 'ec2-instance-connect.amazonaws.com', eventName: name })
    expect(JSON.stringify(said.requestParameters)).toContain(parameter)
  }
}, 240_000)

test('a large file arrives as it was, there and back', async () => {
  const file = join(place.folder, 'large')
  const data = randomBytes(200 << 20)
  writeFileSync(file, data)
  const scp = (from: string, to: string) => run('scp', ['-F', place.config, '-q', from, to], place)
  expect(await scp(file, `${host}:/home/kiro/large`)).toMatchObject({ code: 0, stderr: '' })
  const there = await place.ssh([host, 'sha256sum <large'])
  expect(there.stdout.toString().slice(0, 64)).toBe(sha256(data))
  expect(await scp(`${host}:/home/kiro/large`, `${file}.back`)).toMatchObject({ code: 0, stderr: '' })
  expect(readFileSync(`${file}.back`).equals(data)).toBe(true)
  await place.ssh([host, 'rm large'])
}, 240_000)

test('two at once do not disturb each other', async () => {
  const both = await Promise.all(
    ['one', 'two'].map((word) => place.ssh([host, `sleep 1; echo ${word}`], { input: '' })),
  )
  expect(both.map(({ stdout }) => stdout.toString())).toEqual(['one\n', 'two\n'])
}, 240_000)

test('what shares a connection opens no tunnel of its own, and ports lead through it', async () => {
  const port = await freePort()
  const master = await openMaster('-L', `127.0.0.1:${port}:127.0.0.1:22`)
  const before = await tunnelsOpened()
  expect((await master.through([host, 'echo shared'])).stdout.toString()).toBe('shared\n')
  const socket = connect(port, '127.0.0.1')
  const [banner] = (await once(socket, 'data')) as [Buffer]
  expect(banner.toString()).toMatch(/^SSH-2\.0-OpenSSH/)
  socket.destroy()
  expect(await tunnelsOpened()).toBe(before)
  await master.close()
  expect(master.stderr()).toBe('')
}, 240_000)
