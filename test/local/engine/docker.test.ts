import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseImportFailure, planImport } from '../../../local/engine/docker-base.ts'
import { planCgroups, planCgroupWays, planParent } from '../../../local/engine/docker-cgroups.ts'
import { clearDocker, removeCgroups } from '../../../local/engine/docker-clear.ts'
import { decideApi } from '../../../local/engine/docker-daemon.ts'
import { decideGround } from '../../../local/engine/docker-ground.ts'
import { planBelongings } from '../../../local/engine/docker-guest.ts'
import { writeDockerNote } from '../../../local/engine/docker-note.ts'
import { decideDockerSocket, findDockerSocket } from '../../../local/engine/docker-socket.ts'
import { planGuest } from '../../../local/guests/plan-container.ts'
import { decideKnownFlags, decideSameEngine, readSwitched } from '../../../local/guests/switched.ts'
import { renderRunning } from '../../../scripts/local-machines.ts'
import { decideEngine, decideOwner } from '../../../scripts/setup/guest-engine.ts'

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'docker-plan-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('which Docker a person means', () => {
  const none = { host: undefined, context: undefined, contextHost: undefined, usual: [] }
  test.each([
    ['DOCKER_HOST first', { host: 'unix:///a', context: 'work', contextHost: 'unix:///b' }, { socket: '/a' }],
    ['then the context', { context: 'work', contextHost: 'unix:///b', usual: ['/c'] }, { socket: '/b' }],
    ['the default context is the usual place', { context: 'default', usual: ['/c'] }, { socket: '/c' }],
    ['nothing said and nothing there: the usual place', {}, { socket: '/var/run/docker.sock' }],
  ])('%s', (_case, hints, socket) => expect(decideDockerSocket({ ...none, ...hints })).toEqual(socket))

  test.each([
    [
      'another computer',
      { host: 'tcp://10.0.0.1:2376' },
      'DOCKER_HOST is tcp://10.0.0.1:2376, and guests need',
    ],
    ['by ssh', { context: 'far', contextHost: 'ssh://far' }, 'the docker context "far" is ssh://far'],
    ['a context that is not there', { context: 'gone' }, 'the docker context "gone" does not exist'],
  ])('%s: no guests, and why', (_case, hints, reason) =>
    expect(decideDockerSocket({ ...none, ...hints })).toEqual({ reason: expect.stringContaining(reason) }),
  )

  test('the current context is read where the docker program keeps it', () => {
    const home = makeFolder()
    // printf rootless | sha256sum
    const digest = '12b961af5feb3e9d39f93b2cefb9a1a944f18d02cca0cac2f04f5a982240605f'
    const folder = join(home, '.docker', 'contexts', 'meta', digest)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(home, '.docker', 'config.json'), JSON.stringify({ currentContext: 'rootless' }))
    const meta = { Name: 'rootless', Endpoints: { docker: { Host: 'unix:///run/user/1000/docker.sock' } } }
    writeFileSync(join(folder, 'meta.json'), JSON.stringify(meta))
    expect(findDockerSocket({ HOME: home })).toEqual({ socket: '/run/user/1000/docker.sock' })
  })
})

test.each([
  ['20.10', { ApiVersion: '1.41', MinAPIVersion: '1.12' }, { api: '1.41' }],
  ['27', { ApiVersion: '1.47', MinAPIVersion: '1.24' }, { api: '1.41' }],
  ['28, which has writable cgroups', { ApiVersion: '1.48', MinAPIVersion: '1.24' }, { api: '1.48' }],
  ['one that has forgotten ours', { ApiVersion: '1.60', MinAPIVersion: '1.50' }, { api: '1.50' }],
  ['19.03', { ApiVersion: '1.40' }, { reason: 'Docker 19.03 is too old, 20.10 or newer is needed' }],
])('the API that is spoken with Docker %s', (Version, versions, api) => {
  expect(decideApi({ Version, ...versions })).toEqual(api)
})

describe('cgroups', () => {
  test.each([
    ['1', '1.41', ['named']],
    ['1', '1.48', ['named']],
    ['2', '1.47', ['own']],
    ['2', '1.48', ['writable', 'own']],
  ])('of version %s with API %s', (version, api, ways) =>
    expect(planCgroupWays({ version, driver: 'systemd' }, api)).toEqual(ways),
  )

  test('no way is privileged, and only a place of its own can be written', () => {
    const cgroups = { version: '2', driver: 'cgroupfs' }
    expect(planCgroups('own', cgroups, 'k', 'i-1')).toEqual({
      CgroupnsMode: 'host',
      CgroupParent: '/kiro-k/i-1',
      Binds: ['/sys/fs/cgroup/kiro-k/i-1:/sys/fs/cgroup/kiro-k/i-1:rw'],
    })
    expect(planCgroups('writable', cgroups, 'k', 'i-1')).toEqual({
      CgroupnsMode: 'private',
      SecurityOpt: ['writable-cgroups=true'],
      Binds: [],
    })
  })

  test('where systemd makes them the place is a slice, in the slices that its name names', () => {
    expect(planParent('systemd', 'k', 'i-0a')).toEqual({
      parent: 'kiro-k-i_0a.slice',
      path: '/kiro.slice/kiro-k.slice/kiro-k-i_0a.slice',
    })
  })

  test('empty ones are removed, and what something lives in stays', () => {
    const folder = makeFolder()
    mkdirSync(join(folder, 'kiro', 'i-1', 'deep'), { recursive: true })
    removeCgroups(join(folder, 'kiro'))
    expect(() => rmSync(join(folder, 'kiro'))).toThrow(/ENOENT/)
    mkdirSync(join(folder, 'busy'))
    writeFileSync(join(folder, 'busy', 'process'), '')
    removeCgroups(join(folder, 'busy'))
    rmSync(join(folder, 'busy', 'process'))
  })
})

describe('in a Docker that belongs to everybody', () => {
  const cgroups = { version: '1', driver: 'cgroupfs' }
  const dress = (local: string) => planBelongings({ local, cgroups, way: 'named', architecture: 'arm64' })
  const own = dress('/a/local')

  test('names tell whose a thing is, and lead back', () => {
    const container = own.containerOf('i-1')
    expect(container).toMatch(/^kiro-[0-9a-f]{10}-i-1$/)
    expect([own.nameOf(container), own.nameOf('web'), dress('/b/local').nameOf(container)]).toEqual([
      ...['i-1', undefined, undefined],
    ])
    const image = own.imageOf('localhost/kiro-ami:ami-1')
    expect(image).not.toBe(dress('/b/local').imageOf('localhost/kiro-ami:ami-1'))
    expect([own.imageNameOf(image), own.imageOf('localhost/kiro-sandbox-base:k')]).toEqual([
      ...['localhost/kiro-ami:ami-1', 'localhost/kiro-sandbox-base:k'],
    ])
  })

  test('a guest has no network, no more rights than with podman, and the folder it belongs to on it', () => {
    const host = { limits: { files: 1024, processes: 4096 }, emulated: false }
    const made = own.dress('i-1', planGuest('localhost/kiro-ami:ami-1', 'ip-10-0-0-1', host, ['/v:/volumes']))
    expect(made.Labels).toEqual({ 'kiro-sandbox.local': '/a/local' })
    expect(made.Env).toContain('container=docker')
    expect(made.HostConfig).toMatchObject({
      NetworkMode: 'none',
      CapAdd: ['SYS_BOOT'],
      CapDrop: ['MKNOD', 'NET_RAW'],
      Dns: ['169.254.169.253'],
    })
    expect(made.HostConfig).not.toHaveProperty('Privileged')
    expect(made.HostConfig?.Binds).toContain('/v:/volumes')
  })
})

test('an import that fails after its answer began is a failure, in the words of Docker', () => {
  expect(parseImportFailure('{"status":"sha256:1"}\r\n')).toBeUndefined()
  expect(parseImportFailure('{"status":"x"}\n{"errorDetail":{},"error":"no space left on device"}\n')).toBe(
    'no space left on device',
  )
  const base = { store: '/s', image: 'localhost/kiro-sandbox-base:k', architecture: 'arm64' } as const
  expect(planImport(base)).toContain('repo=localhost%2Fkiro-sandbox-base&tag=k&platform=linux%2Farm64')
})

describe('where guests cannot be reached', () => {
  const sound = { sees: 'w', wrote: 'w', inside: 'net:[1]', outside: 'net:[1]', allowed: true }
  test.each([
    ['here', {}, undefined],
    ['Docker Desktop', { outside: null }, /another kernel than this one \(Docker Desktop\)/],
    ['a process of that number is another one', { outside: 'net:[2]' }, /another kernel/],
    ['not root', { outside: null, allowed: false }, /only root can reach into them/],
    ['another file system', { sees: '' }, /does not see the folders/],
  ])('%s', (_case, change, reason) => {
    const answer = decideGround({ ...sound, ...change }, 'Docker Desktop')
    if (reason === undefined) expect(answer).toBeUndefined()
    else expect(answer).toMatch(reason)
  })
})

describe('which engine', () => {
  test.each([
    ['auto', true, true, 'podman'],
    ['auto', false, true, 'docker'],
    ['auto', false, false, 'podman'],
    ['docker', true, true, 'docker'],
    ['podman', false, true, 'podman'],
  ] as const)('%s, podman %s, Docker %s: %s', (wanted, podman, docker, engine) =>
    expect(decideEngine(wanted, podman, docker)).toBe(engine),
  )

  test('a Docker of root is for root, a rootless one for its owner', () => {
    expect([decideOwner(0, 0), decideOwner(1000, 1000), decideOwner(1000, undefined)]).toEqual([
      ...[undefined, undefined, undefined],
    ])
    expect(decideOwner(1000, 0)).toEqual({ reason: expect.stringContaining('root alone') })
  })
})

describe('what a state folder remembers', () => {
  const base = { store: '/s', image: 'i', repository: '/r', digest: 'd', description: 'x' }
  const rest = {
    base: { ...base, kind: 'stand-in' as const, architecture: 'x86_64' as const },
    note: null,
    runtimes: [],
  }
  const podman = { ...rest, engine: { kind: 'podman', podman: '/p' } } as const
  const docker = { ...rest, engine: { kind: 'docker', socket: '/d' } } as const
  const flags = { runtime: 'runc', cgroupManager: null }

  test('a file of before there was a choice says podman', () => {
    const file = join(makeFolder(), 'guests.json')
    writeFileSync(file, JSON.stringify({ request: { ...rest, podman: '/p' }, flags }))
    expect(readSwitched(file)).toEqual({ request: podman, flags })
  })

  test('flags are those of the same engine, and its machines are nobody else’s', () => {
    const before = { request: podman, flags }
    expect([decideKnownFlags(before, podman), decideKnownFlags(before, docker)]).toEqual([flags, undefined])
    expect(decideSameEngine(before, podman)).toBeUndefined()
    expect(decideSameEngine(before, docker)).toMatch(/belong to podman, not to Docker \(npm run local:reset/)
  })
})

test('settings that ask for another engine than the one machines run in: that is said', () => {
  const base = { store: '/s', image: 'i', repository: '/r', digest: 'd', description: 'A stand-in' }
  const request = {
    ...{
      base: { ...base, kind: 'stand-in' as const, architecture: 'x86_64' as const },
      note: null,
      runtimes: [],
    },
    engine: { kind: 'podman', podman: '/p' },
  } as const
  const state = { kind: 'on', engine: 'podman 4', flags: { cgroups: 'own' }, request } as const
  expect(renderRunning(state, 'auto').sentence).toBe('A stand-in')
  expect(renderRunning(state, 'docker').sentence).toBe(
    'A stand-in. Machines run in podman, and will in Docker after npm run local:reset',
  )
})

test('a reset while its Docker is away deletes nothing, and says what may be left', async () => {
  const local = makeFolder()
  writeDockerNote(local, { socket: join(local, 'nobody.sock') })
  await expect(clearDocker(local)).rejects.toMatchObject({
    message: expect.stringMatching(/nobody listens there; containers of this local target may be left/),
    hint: expect.stringContaining('start Docker'),
  })
})
