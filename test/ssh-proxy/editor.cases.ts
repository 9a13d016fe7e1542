import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { freePort } from './free-port.ts'
import { host, openMaster, place, sha256 } from './ssh-place.ts'

/** Echoes through a port until that is over; fails when what comes back is not what was sent. */
const echoThrough = async (port: number, over: Promise<unknown>): Promise<number> => {
  const socket: Socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let goesOn = true
  void over.finally(() => {
    goesOn = false
  })
  let rounds = 0
  while (goesOn) {
    const data = randomBytes(20_000)
    socket.write(data)
    let back = Buffer.alloc(0)
    while (back.length < data.length)
      back = Buffer.concat([back, ((await once(socket, 'data')) as [Buffer])[0]])
    if (!back.equals(data)) throw new Error('other bytes came back')
    rounds += 1
    await delay(20)
  }
  socket.destroy()
  return rounds
}

const echoServer = (port: number): string =>
  `python3 -c 'import socketserver as s
class E(s.BaseRequestHandler):
    def handle(self):
        while d := self.request.recv(65536): self.request.sendall(d)
s.ThreadingTCPServer.allow_reuse_address = True
s.ThreadingTCPServer(("127.0.0.1", ${port}), E).serve_forever()'`

/** An editor stays for hours; KIRO_SANDBOX_EDITOR_SECONDS=240 tries some minutes of it. */
const editorSeconds = Number(process.env.KIRO_SANDBOX_EDITOR_SECONDS ?? 8)

test(
  'the load of an editor: four channels and three ports beside each other, none starves the others',
  async () => {
    const there = [9001, 9002, 9003]
    const here = await Promise.all(there.map(() => freePort()))
    const forwards = here.flatMap((port, index) => ['-L', `127.0.0.1:${port}:127.0.0.1:${there[index]}`])
    const master = await openMaster(...forwards)
    for (const port of there) void master.through([host, echoServer(port)])
    const listens = (port: number) =>
      `until (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null; do sleep 0.1; done`
    await place.run(`bash -c '${there.map(listens).join('\n')}'`)
    const end = performance.now() + (editorSeconds - 3) * 1000
    const bulkAgain = async () => {
      const sums = []
      do {
        sums.push(await master.sumOf([host, 'head -c 150000000 /dev/zero']))
        await delay(1000)
      } while (performance.now() < end)
      return new Set(sums)
    }
    const lines = Math.round(editorSeconds * 7.5)
    // Bulk, chatter, a watcher that is quiet for long, and a command now and then: what a server of an editor does.
    const channels = Promise.all([
      bulkAgain(),
      master.through([host, `for n in $(seq ${lines}); do echo $n; sleep 0.1; done`]),
      master.through([host, `sleep ${editorSeconds - 1}; echo still here`]),
      master.through([host, 'cat | wc -c'], 'x'.repeat(5_000_000)),
    ])
    // As long as the channels last: on a slower computer all of it is slower, and the ports have more time.
    const ports = here.map((port) => echoThrough(port, channels))
    const [bulk, chatter, quiet, last] = await channels
    expect(bulk).toEqual(new Set([sha256(Buffer.alloc(150_000_000))]))
    expect(chatter.stdout.toString().split('\n')).toHaveLength(lines + 1)
    expect(quiet.stdout.toString()).toBe('still here\n')
    expect(last.stdout.toString().trim()).toBe('5000000')
    for (const rounds of await Promise.all(ports)) expect(rounds).toBeGreaterThan(50)
    await place.run('pkill -f socketserver || true')
    await master.close()
    expect(master.stderr()).toBe('')
  },
  240_000 + editorSeconds * 1000,
)
