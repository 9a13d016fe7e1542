import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect as dial, type Socket } from 'node:net'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { DescribeSessionsCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSessionCommand } from '../../../connect/ssm/run-command.ts'
import { runForward } from '../../../connect/ssm/run-forward.ts'
import { runStream } from '../../../connect/ssm/run-stream.ts'
import { type GuestRoom, openGuestRoom } from '../../local/guests/fixture.ts'
import { collector, reach } from './reach.ts'

let room: GuestRoom
let id = ''
let far: ReturnType<typeof reach>
beforeAll(async () => {
  room = await openGuestRoom()
  id = await room.launch()
  await room.online(id)
  far = reach(room, id)
  const peer = readFileSync(join(import.meta.dirname, 'peer.py'), 'utf8')
  await room.output(
    id,
    `cat >/tmp/peer.py <<'END'\n${peer}END
chmod a+r /tmp/peer.py
setsid python3 /tmp/peer.py serve 7007 >/dev/null 2>&1 </dev/null & until ss -ltn | grep -q :7007; do sleep 0.1; done`,
  )
}, 400_000)
afterAll(() => room?.close())

const never = new AbortController().signal

const command = async (line: string, signal = never, after?: (sessionId: string) => Promise<void>) => {
  const { connect, sessionId } = await far.start('AWS-StartNonInteractiveCommand', {
    ...{ command: [line], separateOutputStream: ['true'] },
  })
  const [output, errorOutput] = [collector(), collector()]
  const troubles: string[] = []
  const running = runSessionCommand(connect, {
    ...{ output: output.stream, errorOutput: errorOutput.stream, signal },
    onTrouble: ({ kind }) => troubles.push(kind),
  })
  await after?.(sessionId)
  const ended = await running
  return { ...ended, output, errorOutput, troubles }
}

test('a command has its own output, error output and exit code', async () => {
  const ran = await command(`sh -c 'echo out; echo "my err" >&2; exit 42'`)
  expect(ran.end).toEqual({ kind: 'closed', output: '' })
  expect([ran.output.text(), ran.errorOutput.text(), ran.exitCode]).toEqual(['out\n', 'my err\n', 42])
}, 240_000)

test('Ctrl-C reaches a command, which says how it ended', async () => {
  const stop = new AbortController()
  const ran = await command('sleep 600', stop.signal, async () => {
    await room.output(id, 'until pgrep -x sleep; do sleep 0.1; done')
    stop.abort()
  })
  expect(ran.exitCode).toBe(130)
}, 240_000)

const large = 20_000_000
const sumOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

test('20 MB come byte for byte while the service cuts, reorders and repeats', async () => {
  const ran = await command(`python3 /tmp/peer.py noise ${large}`, never, (sessionId) =>
    far.fail(sessionId, { cutEvery: 700, reorder: true, duplicate: true }),
  )
  expect(ran.output.bytes().length).toBe(large)
  expect(sumOf(ran.output.bytes())).toBe(await room.output(id, `python3 /tmp/peer.py sum ${large}`))
  expect(ran.troubles).toContain('back')
  expect(ran.exitCode).toBe(0)
}, 240_000)

/** A forward that is on; `leave` is Ctrl-C. */
const forward = async (document: string, parameters: Record<string, string[]>) => {
  const { connect, sessionId } = await far.start(document, parameters)
  const stop = new AbortController()
  const troubles: string[] = []
  let refused = 0
  let running: ReturnType<typeof runForward> | undefined
  const { port, many } = await new Promise<{ port: number; many: boolean }>((resolve, reject) => {
    running = runForward(connect, {
      ...{ localPort: 0, signal: stop.signal },
      onListening: (port, many) => resolve({ port, many }),
      onRefused: () => {
        refused += 1
      },
      onTrouble: ({ kind }) => troubles.push(kind),
    })
    running.catch(reject)
  })
  return {
    ...{ port, many, sessionId, troubles, refused: () => refused },
    leave: () => {
      stop.abort()
      return running
    },
  }
}

/** Says something to a port here, and hears the answer to its end. */
const talk = (
  port: number,
  first: string,
  rest: Buffer = Buffer.alloc(0),
  enough = Number.POSITIVE_INFINITY,
  onData = () => {},
) =>
  new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    const socket: Socket = dial(port, '127.0.0.1')
    socket.on('data', (part) => {
      parts.push(part)
      onData()
      size += part.length
      if (size >= enough) socket.end()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(parts)))
    socket.write(first)
    socket.write(rest)
  })

const mux = { portNumber: ['7007'], localPortNumber: ['0'] }

const huge = 100_000_000
test('a port carries many connections at once, 100 MB each way byte for byte while the service fails', async () => {
  const port = await forward('AWS-StartPortForwardingSession', mux)
  expect(port.many).toBe(true)
  await far.fail(port.sessionId, { cutEvery: 700, reorder: true, duplicate: true })
  const sent = randomBytes(huge)
  const [got, sum, ...echoes] = await Promise.all([
    talk(port.port, `give ${huge}\n`),
    talk(port.port, `take ${huge}\n`, sent),
    ...Array.from({ length: 8 }, (_, index) => {
      const rest = randomBytes(1000 + index)
      return talk(port.port, 'echo\n', rest, rest.length).then((back) => back.equals(rest))
    }),
  ])
  expect(sumOf(got)).toBe(await room.output(id, `python3 /tmp/peer.py sum ${huge}`))
  expect(sum.toString()).toBe(sumOf(sent))
  expect(echoes).toEqual(Array.from({ length: 8 }, () => true))
  expect(port.troubles).toContain('back')
  expect(await port.leave()).toMatchObject({ end: { kind: 'left' } })
}, 240_000)

test('whoever leaves in the middle of a transfer leaves no session behind', async () => {
  const port = await forward('AWS-StartPortForwardingSession', mux)
  let some: Promise<unknown> | undefined
  await new Promise<void>((begun) => {
    some = talk(port.port, `give ${large}\n`, undefined, 100_000, begun)
  })
  await port.leave()
  await some
  const { Sessions = [] } = await room.clients.ssm.send(new DescribeSessionsCommand({ State: 'Active' }))
  expect(Sessions.map(({ SessionId }) => SessionId)).not.toContain(port.sessionId)
}, 240_000)

test('input arrives once and whole when acknowledgements of it are lost', async () => {
  const port = await forward('AWS-StartPortForwardingSession', mux)
  await far.fail(port.sessionId, { withholdAcks: true })
  const sent = randomBytes(300_000)
  const answer = talk(port.port, `take ${sent.length}\n`, sent)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await far.fail(port.sessionId, { withholdAcks: false })
  expect((await answer).toString()).toBe(sumOf(sent))
  await port.leave()
}, 240_000)

test('a program that ends its half of a connection still gets its answer', async () => {
  const port = await forward('AWS-StartPortForwardingSession', mux)
  const rest = randomBytes(100_000)
  const back = await new Promise<Buffer>((resolve) => {
    const parts: Buffer[] = []
    const socket = dial(port.port, '127.0.0.1')
    socket.on('data', (part) => {
      parts.push(part)
      if (Buffer.concat(parts).length === 64) socket.destroy()
    })
    socket.on('close', () => resolve(Buffer.concat(parts)))
    socket.end(Buffer.concat([Buffer.from(`take ${rest.length}\n`), rest]))
  })
  expect(back.toString()).toBe(sumOf(rest))
  await port.leave()
}, 240_000)

test('a port where nobody listens is said, and a connection to it is closed', async () => {
  const port = await forward('AWS-StartPortForwardingSession', { ...mux, portNumber: ['9'] })
  expect(await talk(port.port, 'hello')).toEqual(Buffer.alloc(0))
  expect(port.refused()).toBe(1)
  await port.leave()
}, 240_000)

test('a reader that is slow is waited for once, however much is on its way', async () => {
  const { connect } = await far.start('AWS-StartSSHSession', { portNumber: ['7007'] })
  const input = new PassThrough()
  let taken = 0
  let mostWaiting = 0
  const output = new Writable({
    highWaterMark: 16,
    write: (part: Buffer, _encoding, done) => {
      taken += part.length
      mostWaiting = Math.max(mostWaiting, output.listenerCount('drain'))
      setTimeout(done, 1)
    },
  })
  const running = runStream(connect, { input, output, signal: never, onTrouble: () => {} })
  input.write('echo\n')
  input.write(randomBytes(200_000))
  while (taken < 200_000) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(mostWaiting).toBe(1)
  input.end()
  await running
}, 240_000)

test('one stream, as ssh would use it: every byte both ways, through cuts', async () => {
  const { connect, sessionId } = await far.start('AWS-StartSSHSession', { portNumber: ['7007'] })
  const input = new PassThrough()
  const output = collector()
  const running = runStream(connect, { input, output: output.stream, signal: never, onTrouble: () => {} })
  const every = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
  const sent = Buffer.concat([Buffer.from('\n\r\n'), every, randomBytes(3_000_000)])
  input.write('echo\n')
  input.write(sent)
  await new Promise((resolve) => setTimeout(resolve, 300))
  await far.fail(sessionId, { cutEvery: 400 })
  await expect.poll(() => output.bytes().length, { timeout: 120_000 }).toBeGreaterThanOrEqual(sent.length)
  expect(output.bytes().equals(sent)).toBe(true)
  input.end()
  expect(['left', 'closed']).toContain((await running).end.kind)
}, 240_000)
