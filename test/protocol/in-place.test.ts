import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createWebServer, request } from 'node:http'
import { type AddressInfo, connect, createServer, Socket } from 'node:net'
import { type Duplex, PassThrough, type Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Intake, readInPlace } from '../../protocol/in-place.ts'
import { createPour } from '../../protocol/pour.ts'

/** Both ends of a connection. */
const openPair = async (): Promise<[Socket, Socket]> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [accepted] = (await once(server, 'connection')) as [Socket]
  server.close()
  return [client, accepted]
}

/** All that comes, and in how many pieces of memory it came. */
const drain = async (given: Readable): Promise<{ all: Buffer; places: number }> => {
  const [parts, places] = [[] as Buffer[], new Set<ArrayBufferLike>()]
  const intake = readInPlace(given, Socket, Buffer.alloc(0), (bytes) => {
    places.add(bytes.buffer)
    parts.push(Buffer.from(bytes))
  })
  intake.resume()
  await once(intake.stream, 'end')
  return { all: Buffer.concat(parts), places: places.size }
}

const measure = async (given: Readable) => {
  const { all, places } = await drain(given)
  return { length: all.length, places }
}

test('a socket is read into one place; what came before, and its end, are not lost', async () => {
  const [client, accepted] = await openPair()
  // As between the answer of whoever accepts it and the moment when somebody takes it.
  client.write('early ')
  accepted.pause().read(0)
  await delay(50)
  const data = randomBytes(5 << 20)
  client.end(data)
  const { all, places } = await drain(accepted)
  expect(all.equals(Buffer.concat([Buffer.from('early '), data]))).toBe(true)
  expect(places).toBeLessThanOrEqual(2)
})

test('so are the pipe of a process and a connection that http has let go', async () => {
  const child = spawn('head', ['-c', '3000000', '/dev/zero'], { stdio: ['ignore', 'pipe', 'ignore'] })
  expect(await measure(child.stdout)).toEqual({ length: 3_000_000, places: 1 })

  const server = createWebServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const headers = { connection: 'Upgrade', upgrade: 'bytes' }
  const asked = request({ port, host: '127.0.0.1', headers, agent: false })
  asked.end()
  const [, accepted] = (await once(server, 'upgrade')) as [unknown, Socket]
  accepted.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: bytes\r\n\r\n')
  const [, stream] = (await once(asked, 'upgrade')) as [unknown, Socket]
  stream.end(Buffer.alloc(2_000_000))
  expect(await measure(accepted)).toEqual({ length: 2_000_000, places: 1 })
  // A server that waits for its connections does not wait for one that was taken.
  server.close()
  await once(server, 'close')
})

test('a stream of another kind is read as ever', async () => {
  const stream = new PassThrough()
  stream.write('early ')
  stream.end('late')
  expect((await drain(stream)).all.toString()).toBe('early late')
})

const sha256 = (): ReturnType<typeof createHash> => createHash('sha256')

test('whoever takes slowly gets every byte as it was, and as long as he takes none none is read', async () => {
  const [client, accepted] = await openPair()
  const data = randomBytes(8 << 20)
  const seen = sha256()
  let release: (() => void) | undefined
  let held = true
  const slow = new Writable({
    highWaterMark: 1,
    write(bytes: Buffer, _encoding, done) {
      // Looks at the place as late as it may.
      release = () => {
        seen.update(bytes)
        done()
      }
      if (!held) setImmediate(release)
    },
  })
  const intake: Intake<Duplex> = readInPlace(
    accepted,
    Socket,
    Buffer.alloc(0),
    createPour(
      () => intake,
      () => slow,
      (bytes, told) => slow.write(bytes, told),
    ),
  )
  intake.resume()
  client.end(data)
  await delay(200)
  const waiting = slow.writableLength
  expect(waiting).toBeGreaterThan(0)
  await delay(100)
  expect(slow.writableLength).toBe(waiting)
  held = false
  release?.()
  await once(intake.stream, 'end')
  slow.end()
  await once(slow, 'finish')
  expect(seen.digest('hex')).toBe(sha256().update(data).digest('hex'))
})
