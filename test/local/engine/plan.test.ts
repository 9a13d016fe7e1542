import { expect, test } from 'vitest'
import { parseMounts } from '../../../local/engine/clear.ts'
import { createFrameReader, createKeeper } from '../../../local/engine/frames.ts'
import { planEnginePlace, planPodmanArguments } from '../../../local/engine/place.ts'
import { planCandidates } from '../../../local/engine/probe.ts'
import { parseLimits, planGuest } from '../../../local/guests/plan-container.ts'

const frame = (kind: number, text: string): Buffer => {
  const head = Buffer.alloc(8)
  head[0] = kind
  head.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([head, Buffer.from(text)])
}

test('frames are put together again however the connection cut them', () => {
  const bytes = Buffer.concat([frame(1, 'out'), frame(2, 'err'), frame(1, ''), frame(1, 'more')])
  for (let size = 1; size <= bytes.length; size += 1) {
    const seen: string[] = []
    const read = createFrameReader((kind, data) => seen.push(`${kind}:${data}`))
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
    const text = (kind: string) =>
      seen
        .filter((one) => one.startsWith(kind))
        .map((one) => one.slice(7))
        .join('')
    expect([text('stdout'), text('stderr')]).toEqual(['outmore', 'err'])
  }
})

test('a keeper keeps the beginning and its own copy', () => {
  const keeper = createKeeper(5)
  const chunk = Buffer.from('abc')
  keeper.add(chunk)
  chunk.fill('x')
  keeper.add(Buffer.from('defg'))
  keeper.add(Buffer.from('h'))
  expect(keeper.all().toString()).toBe('abcde')
})

test('the engine of each checkout has folders of its own, short enough for podman and for sockets', () => {
  const deep = `/home/somebody/${'very-long-folder-name/'.repeat(10)}.state/local`
  const place = planEnginePlace(deep, { root: true, runtimeDir: undefined })
  expect(`${place.run}/root`.length).toBeLessThanOrEqual(50)
  expect(place.store.startsWith(deep)).toBe(true)
  expect(planEnginePlace('/other', { root: true, runtimeDir: undefined }).run).not.toBe(place.run)
  expect(planEnginePlace(deep, { root: false, runtimeDir: '/run/user/1000' }).run).toMatch(
    /^\/run\/user\/1000\//,
  )
})

test('podman is told of no folder but ours', () => {
  const place = { store: '/s', run: '/r', driver: null }
  expect(planPodmanArguments({ place, baseStore: '/b', runtime: 'runc', cgroupManager: null })).toEqual([
    '--root=/s',
    '--runroot=/r/root',
    '--tmpdir=/r/tmp',
    '--storage-opt=overlay.imagestore=/b',
    '--events-backend=file',
    '--runtime=runc',
  ])
})

test('without root podman is told which driver reads the store of the base image', () => {
  const driverOf = (root: boolean) =>
    planPodmanArguments({
      place: planEnginePlace('/s', { root, runtimeDir: '/run/user/1000' }),
      ...{ baseStore: '/b', runtime: null, cgroupManager: null },
    }).filter((word) => word.startsWith('--storage-driver'))
  expect([driverOf(true), driverOf(false)]).toEqual([[], ['--storage-driver=overlay']])
})

test('runc comes first where it is there, and podman is left its own choice in the end', () => {
  expect(planCandidates(['runc', 'crun'])).toHaveLength(4)
  expect(planCandidates(['runc'])[0]).toEqual({ runtime: 'runc', cgroupManager: null })
  expect(planCandidates([])).toEqual([
    { runtime: null, cgroupManager: null },
    { runtime: null, cgroupManager: 'cgroupfs' },
  ])
})

test('a guest has no network, and limits that this process may hand on', () => {
  const limits = parseLimits(
    'Limit                     Soft Limit           Hard Limit           Units\nMax processes             96364                unlimited            processes\nMax open files            1024                 20000                files\n',
  )
  expect(limits).toEqual({ files: 20_000, processes: 1_048_576 })
  const guest = planGuest('image', 'host', { limits, emulated: false }, ['/a:/b:ro'])
  expect(guest.HostConfig?.NetworkMode).toBe('none')
  expect(guest.HostConfig?.Ulimits).toEqual([
    { Name: 'nofile', Soft: 1024, Hard: 20_000 },
    { Name: 'nproc', Soft: 16_384, Hard: 16_384 },
  ])
})

test('systemd hears its word for "halt", also below qemu, which moves real-time signals down by two', () => {
  const limits = { files: 1, processes: 1 }
  const signalOf = (emulated: boolean) => planGuest('image', 'host', { limits, emulated }, []).StopSignal
  expect([signalOf(false), signalOf(true)]).toEqual(['SIGRTMIN+3', 'SIGRTMIN+5'])
})

test('mounts below a folder, the deepest first, and no neighbour of it', () => {
  const info = [
    '36 35 98:0 / /a/store/overlay rw shared:1 - ext4 /dev/vda rw',
    '37 36 0:40 / /a/store/overlay/x/merged rw - overlay overlay rw',
    '38 35 0:41 / /a/store-of-another rw - tmpfs tmpfs rw',
    '39 35 0:42 / /a/store/with\\040space rw - tmpfs tmpfs rw',
  ].join('\n')
  expect(parseMounts(info, '/a/store')).toEqual([
    '/a/store/overlay/x/merged',
    '/a/store/with space',
    '/a/store/overlay',
  ])
})
