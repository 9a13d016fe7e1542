import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { isAlive, waitUntil } from '../control/fixture.ts'
import { makeInstance } from '../imds/instance.ts'
import { curl, openHouse, tokenOf } from './house.ts'
import { startGuest, withoutRoot } from './namespace.ts'

const { house, openGuest } = openHouse()

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] as number

/** Openers that a process has running now. */
const openers = (parent: number | undefined = process.pid): string[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('opener.py'))

describe.skipIf(withoutRoot)('opening and closing (needs root)', () => {
  test('doors that were closed open again in the same guest, with somebody still connected', async () => {
    const opened = await openGuest()
    for (let round = 0; round < 3; round += 1) {
      expect(await tokenOf(opened.guest)).toHaveLength(56)
      await opened.doors.close()
      await expect(tokenOf(opened.guest)).rejects.toThrow(/connect/)
      await opened.reopen()
    }
    expect(await tokenOf(opened.guest)).toHaveLength(56)
  })

  test('who listens there already is named, and nothing stays open', async () => {
    const opened = await openGuest()
    await expect(opened.reopen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await opened.doors.close()
    await opened.reopen()
  })

  test('a gateway that was killed leaves nothing behind, and the next one opens in the same guest', async () => {
    const opened = await openGuest()
    await opened.doors.close()
    const script = fileURLToPath(new URL('gateway-to-kill.ts', import.meta.url))
    const killed = spawn(process.execPath, ['--import', 'tsx', script, String(opened.guest.pid)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(killed.stdout, 'data')
    await expect(opened.reopen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const [helper = ''] = openers(killed.pid)
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    await opened.reopen()
    expect(await tokenOf(opened.guest)).toHaveLength(56)
    await waitUntil(() => !isAlive(Number.parseInt(helper, 10)))
  })

  test('a guest that is gone is an error, not a wait', async () => {
    const guest = await startGuest()
    guest.close()
    await expect(house.opener.open(2 ** 22 + 1, [], [], () => {})).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('an opener that was killed is started again, and what it had opened stays open', async () => {
    const opened = await openGuest()
    const [pid] = openers().map((line) => Number.parseInt(line, 10))
    process.kill(pid as number, 'SIGKILL')
    expect(await tokenOf(opened.guest)).toHaveLength(56)
    await opened.doors.close()
    await expect.poll(openers).toEqual([])
    await opened.reopen()
    expect(await tokenOf(opened.guest)).toHaveLength(56)
    expect(openers()).toHaveLength(1)
  })

  test('a guest that asks while they are being opened is answered', async () => {
    const opened = await openGuest()
    await opened.doors.close()
    const eager = ['--retry', '50', '--retry-delay', '0', '--retry-connrefused', '-o', '/dev/null']
    for (let round = 0; round < 5; round += 1) {
      const asking = Promise.all([1, 2, 3].map(() => curl(opened.guest, ...eager, 'http://169.254.169.254/')))
      await opened.reopen()
      await asking
      await opened.doors.close()
    }
  })

  test('twenty guests at once', async () => {
    const guests = await Promise.all(Array.from({ length: 20 }, () => openGuest()))
    const closed = await Promise.all(guests.map(({ doors }) => doors.close()))
    expect(closed).toHaveLength(20)
    const began = performance.now()
    await Promise.all(guests.map((opened) => opened.reopen()))
    const took = performance.now() - began
    // A tenth of a second here; one after the other, each with a process of its own, they would need many.
    console.log(`doors of 20 guests: ${took.toFixed(0)} ms`)
    expect(took).toBeLessThan(10_000)
    expect(await Promise.all(guests.map(({ guest }) => tokenOf(guest)))).toHaveLength(20)
    expect(openers()).toHaveLength(1)
  })

  test('one guest takes little time', async () => {
    const opened = await openGuest()
    const times: number[] = []
    for (let round = 0; round < 10; round += 1) {
      await opened.doors.close()
      const began = performance.now()
      await opened.reopen()
      times.push(performance.now() - began)
    }
    console.log(`doors of one guest: p50 ${median(times).toFixed(1)} ms`)
    expect(median(times)).toBeLessThan(1000)
  })
})

describe.skipIf(withoutRoot)('a connection into a guest (needs root)', () => {
  const serve = (port: number) => `
    const server = require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('data', (chunk) => String(chunk) === 'stop' && process.exit())
      socket.on('error', () => {})
      socket.pipe(socket)
    })
    server.listen(${port}, '127.0.0.1')`

  test('carries what is sent, in both directions, to its end', async () => {
    const { guest } = await openGuest()
    const running = guest.run([process.execPath, '-e', serve(2222)])
    await expect.poll(() => guest.run(['ss', '-ltn']).catch(() => ':2222')).toMatch(/:2222/)
    const socket = await house.opener.dial(guest.pid, 2222)
    const sent = Buffer.alloc(3_000_000, 'abcdefg')
    const received: Buffer[] = []
    socket.on('data', (chunk: Buffer) => received.push(chunk))
    socket.end(sent)
    await once(socket, 'end')
    expect(Buffer.concat(received).equals(sent)).toBe(true)
    const times: number[] = []
    for (let round = 0; round < 10; round += 1) {
      const began = performance.now()
      const dialled = await house.opener.dial(guest.pid, 2222)
      times.push(performance.now() - began)
      dialled.destroy()
    }
    console.log(`dial: p50 ${median(times).toFixed(1)} ms`)
    const last = await house.opener.dial(guest.pid, 2222)
    last.write('stop')
    await running
    last.destroy()
  })

  test('to a port where nobody listens is refused', async () => {
    const { guest } = await openGuest()
    await expect(house.opener.dial(guest.pid, 1)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

test.skipIf(withoutRoot)('metadata answers within milliseconds (needs root)', async () => {
  const { guest } = await openGuest(makeInstance({ metadata: { tokens: 'optional' } }))
  const script = `
    const http = require('node:http')
    const ask = () => new Promise((resolve, reject) => {
      const began = performance.now()
      http.get('http://169.254.169.254/latest/meta-data/instance-id', (message) => {
        message.resume().on('end', () => resolve(performance.now() - began))
      }).on('error', reject)
    })
    ;(async () => {
      const times = []
      for (let round = 0; round < 300; round += 1) times.push(await ask())
      console.log(times.sort((a, b) => a - b)[150])
    })()`
  const p50 = Number(await guest.run([process.execPath, '-e', script]))
  console.log(`metadata: p50 ${p50.toFixed(2)} ms`)
  expect(p50).toBeLessThan(50)
  expect(await curl(guest, 'http://169.254.169.254/latest/meta-data/system')).toBe('nitro')
})
