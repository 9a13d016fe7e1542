import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  AuthorizeSecurityGroupIngressCommand,
  DeleteInstanceConnectEndpointCommand,
  RevokeSecurityGroupIngressCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root, waitUntil } from '../local/control/fixture.ts'
import { freePort } from './free-port.ts'
import { countCalls, makeKey, openPlace, type Place, run, ssh22 } from './place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
}, 400_000)
afterAll(() => place?.close())

const host = 'sandbox-alice'
const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex')
const tunnelsOpened = (): Promise<number> => countCalls(place, 'OpenTunnel')
const wayFile = (): string => {
  const folder = join(place.room.room.paths.state, 'ssh')
  return join(folder, readdirSync(folder)[0] ?? '')
}

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

/** A master with its socket in the folder of the test, until `close`. */
const openMaster = async (...args: string[]) => {
  const path = join(place.folder, `cm-${randomBytes(4).toString('hex')}`)
  const master = spawn('ssh', ['-F', place.config, '-M', '-N', '-S', path, ...args, host], {
    ...{ env: place.env, stdio: ['ignore', 'ignore', 'pipe'] },
  })
  let stderr = ''
  master.stderr?.on('data', (text: Buffer) => {
    stderr += text
  })
  const ended = once(master, 'close')
  await waitUntil(() => existsSync(path))
  return {
    ended,
    stderr: () => stderr,
    through: (args: readonly string[], input?: string) =>
      run('ssh', ['-F', place.config, '-S', path, ...args], {
        env: place.env,
        ...(input === undefined ? {} : { input }),
      }),
    /** Of what comes, without keeping it. */
    sumOf: async (args: readonly string[]) => {
      const script = 'ssh "$@" | sha256sum'
      const { stdout } = await run('sh', ['-c', script, 'sh', '-F', place.config, '-S', path, ...args], place)
      return stdout.toString().slice(0, 64)
    },
    async close() {
      await run('ssh', ['-F', place.config, '-S', path, '-O', 'exit', host], place)
      await ended
    },
  }
}

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

describe('keys', () => {
  /** With a key that nobody has pushed yet, through a tunnel by another one: who is let in, is by a push of the test. */
  const withOtherProxyKey = (...args: string[]) =>
    run('ssh', ['-F', join(place.folder, 'fresh-config'), ...args], place)
  beforeAll(async () => {
    const file = (name: string) => join(place.folder, name)
    await makeKey(file('fresh'))
    await makeKey(file('other'))
    const own = readFileSync(place.config, 'utf8')
      .replace(`IdentityFile ${file('id')}\n`, `IdentityFile ${file('fresh')}\n`)
      .replace(file('id.pub'), file('other.pub'))
    // Once: an ssh that reads it while it is written for another one would find half of it.
    writeFileSync(file('fresh-config'), own)
  })
  const push = (user: string, key = 'id') =>
    place.room.aws(
      ...['ec2-instance-connect', 'send-ssh-public-key', '--instance-id', place.instanceId],
      ...['--instance-os-user', user, '--ssh-public-key', `file://${join(place.folder, `${key}.pub`)}`],
    )

  test('that the AWS CLI pushes opens for a minute and not longer; who is in stays in', async () => {
    expect((await withOtherProxyKey(host, 'true')).stderr).toContain('Permission denied (publickey)')
    const pushed = await push('kiro', 'fresh')
    expect(JSON.parse(pushed.stdout)).toMatchObject({ Success: true })
    const [inside, again] = [
      withOtherProxyKey(host, 'sleep 62; echo still in'),
      withOtherProxyKey(host, 'true'),
    ]
    expect(await again).toMatchObject({ code: 0, stderr: '' })
    await delay(60_500)
    expect((await withOtherProxyKey(host, 'true')).stderr).toContain('Permission denied (publickey)')
    expect(await inside).toMatchObject({ code: 0, stderr: '', stdout: Buffer.from('still in\n') })
  }, 240_000)

  test('are for one user', async () => {
    const { code, stderr } = await place.ssh(['-l', 'ec2-user', host, 'true'])
    expect({ code, stderr }).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('Permission denied'),
    })
    await push('root')
    expect((await place.ssh(['-l', 'ec2-user', host, 'true'])).code).toBe(255)
  }, 240_000)

  test('are refused by the names that AWS has for it', async () => {
    const send = async (...args: string[]) => {
      const asked = ['--instance-id', place.instanceId, '--instance-os-user', 'kiro', ...args]
      const key = ['--ssh-public-key', `file://${join(place.folder, 'id.pub')}`]
      return (await place.room.aws('ec2-instance-connect', 'send-ssh-public-key', ...key, ...asked)).stderr
    }
    expect(await send('--instance-id', 'i-0123456789abcdef0')).toContain('EC2InstanceNotFoundException')
    expect(await send('--availability-zone', 'us-west-2z')).toContain('EC2InstanceNotFoundException')
    expect(await send('--ssh-public-key', `ssh-dss ${'A'.repeat(100)}`)).toContain('InvalidArgsException')
    expect(await send('--instance-os-user', 'no such user')).toContain('ValidationException')
  }, 240_000)
})

describe('ssh hears why it cannot connect', () => {
  /** The very words of the settings, but for these flags. */
  const proxy = (flags: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) => {
    const given = { '--user': 'alice', '--key': join(place.folder, 'id.pub'), ...flags }
    const argv = [join(root, 'scripts', 'launch.mjs'), 'ssh:proxy', ...Object.entries(given).flat()]
    return run(process.execPath, argv, { env: { ...place.env, ...env } })
  }

  test('of somebody who has no sandbox', async () => {
    const { code, stderr } = await proxy({ '--user': 'bob' })
    expect(code).toBe(255)
    expect(stderr).toContain('bob has no sandbox in us-west-2')
    expect(stderr).toContain('npm run sandbox:up -- --user bob')
  }, 240_000)

  test('without a key, and never with a private one', async () => {
    const missing = await proxy({ '--key': join(place.folder, 'none.pub') })
    expect(missing).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('none.pub cannot be read: ENOENT'),
    })
    const wrong = await proxy({ '--key': join(place.folder, 'id') })
    expect(wrong).toMatchObject({ code: 255, stderr: expect.stringContaining('is a private key') })
  }, 240_000)

  test('with a clock that is wrong', async () => {
    const shift = join(place.folder, 'shift.cjs')
    writeFileSync(
      shift,
      `const Real = Date; const by = -3600e3
globalThis.Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(Real.now() + by) } static now() { return Real.now() + by } }`,
    )
    const { code, stderr } = await proxy({}, { NODE_OPTIONS: `--require ${shift}` })
    expect({ code, stderr }).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('the clock of this computer is wrong'),
    })
  }, 240_000)

  test('when a rule was revoked, and connects again when it is back', async () => {
    const { ec2 } = place.room.clients
    const rule = {
      GroupId: place.groups.instances,
      IpPermissions: [{ ...ssh22, UserIdGroupPairs: [{ GroupId: place.groups.endpoint }] }],
    }
    await ec2.send(new RevokeSecurityGroupIngressCommand(rule))
    const { code, stderr } = await place.ssh([host, 'true'])
    expect(code).toBe(255)
    expect(stderr).toContain(`nothing answers at port 22 of ${place.instanceId} behind the endpoint`)
    expect(stderr).toContain('do the security groups still let the endpoint in?')
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(rule))
    expect((await place.ssh([host, 'true'])).code).toBe(0)
  }, 240_000)

  test('when the tunnel has lasted as long as the settings say', async () => {
    const settings = join(place.folder, 'short.json')
    writeFileSync(settings, JSON.stringify({ ssh: { tunnelSeconds: 2 } }))
    const { code, stderr } = await place.ssh([host, 'sleep 3600'], {
      env: { ...place.env, KIRO_SANDBOX_CONFIG: settings },
    })
    expect(code).toBe(255)
    expect(stderr).toContain('the tunnel has reached its longest duration')
  }, 240_000)
})

test('a proxy that the environment names is for AWS, not for this computer', async () => {
  const nobody = 'http://127.0.0.1:9'
  const env = {
    ...place.env,
    HTTPS_PROXY: nobody,
    HTTP_PROXY: nobody,
    https_proxy: nobody,
    http_proxy: nobody,
  }
  expect(await place.ssh([host, 'echo there'], { env })).toMatchObject({ code: 0, stderr: '' })
}, 240_000)

test('an endpoint takes twenty connections and no more', async () => {
  const stay = async () => {
    const child = spawn('ssh', ['-F', place.config, host, 'echo in; sleep 300'], { env: place.env })
    await once(child.stdout, 'data')
    return child
  }
  const inside: Awaited<ReturnType<typeof stay>>[] = []
  // A few at a time: sshd itself turns away who comes while many others have not logged in yet.
  while (inside.length < 20) inside.push(...(await Promise.all(Array.from({ length: 5 }, stay))))
  const { code, stderr } = await place.ssh([host, 'true'])
  expect({ code, stderr }).toMatchObject({
    ...{ code: 255, stderr: expect.stringContaining('as many connections as it takes') },
  })
  inside[0]?.kill()
  await once(inside[0] as (typeof inside)[number], 'close')
  expect((await place.ssh([host, 'true'])).code).toBe(0)
  for (const child of inside) child.kill()
}, 240_000)

test('without an endpoint ssh goes through Session Manager and says so', async () => {
  await place.room.clients.ec2.send(
    new DeleteInstanceConnectEndpointCommand({ InstanceConnectEndpointId: place.endpointId }),
  )
  const bytes = randomBytes(300_000)
  const ran = await place.ssh([host, 'cat'], { input: bytes })
  expect(ran.code).toBe(0)
  expect(ran.stderr).toMatch(
    /^! vpc-[0-9a-f]+ has no Instance Connect Endpoint: ssh goes through Session Manager, which is slower\n$/,
  )
  expect(ran.stdout.equals(bytes)).toBe(true)
}, 240_000)

test('a sandbox that was stopped is not started, and ssh says who starts it', async () => {
  const { ec2 } = place.room.clients
  await ec2.send(new StopInstancesCommand({ InstanceIds: [place.instanceId] }))
  await place.room.waitForState(place.instanceId, 'stopped')
  const { code, stderr } = await place.ssh([host, 'true'])
  expect(code).toBe(255)
  expect(stderr).toContain(`the sandbox of alice is stopped (${place.instanceId})`)
  expect(stderr).toContain('npm run sandbox:up -- --user alice starts it')
  await ec2.send(new StartInstancesCommand({ InstanceIds: [place.instanceId] }))
}, 240_000)
