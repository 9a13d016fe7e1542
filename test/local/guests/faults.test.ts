import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { CreateImageCommand, DescribeImagesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readControlPlane } from '../../../local/control/read.ts'
import { resetControlPlane } from '../../../local/control/reset.ts'
import { stopControlPlane } from '../../../local/control/stop.ts'
import { clearEngine } from '../../../local/engine/clear.ts'
import { planEnginePlace } from '../../../local/engine/place.ts'
import { waitUntil } from '../control/fixture.ts'
import { type GuestRoom, openGuestRoom } from './fixture.ts'

let room: GuestRoom
beforeEach(async () => {
  room = await openGuestRoom()
}, 400_000)
afterEach(() => room?.close())

/** Processes come and go while we look; of one that is gone there is nothing to read. */
const orNothing = (read: () => string): string => {
  try {
    return read()
  } catch {
    return ''
  }
}

const commandLine = (pid: string): string =>
  orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))

/** Processes that name this room's folders, and so belong to it: podman, conmon, gateway, moto. */
const processesOf = ({ room: { paths } }: GuestRoom): string[] => {
  const { run } = planEnginePlace(paths.local, { root: true, runtimeDir: undefined })
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => [paths.local, run].some((folder) => commandLine(pid).includes(folder)))
}

const mountsOf = ({ room: { paths } }: GuestRoom): string[] => {
  const { run } = planEnginePlace(paths.local, { root: true, runtimeDir: undefined })
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(paths.local) || line.includes(`${run}/`))
}

/** Network namespaces of this room's guests: other rooms of other tests come and go beside it. */
const namespacesOf = (room: GuestRoom): string[] =>
  processesOf(room)
    .filter((pid) => commandLine(pid).includes('conmon'))
    .flatMap((pid) => orNothing(() => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' '))
    .filter((pid) => pid !== '')
    .map((pid) => orNothing(() => readlinkSync(`/proc/${pid}/ns/net`)).replace(/\D/g, ''))
    // A program that has just ended inside a guest is followed by one outside that tidies up.
    .filter((one) => one !== '' && one !== readlinkSync('/proc/self/ns/net').replace(/\D/g, ''))

const namespaces = (): Set<string> =>
  new Set(
    execFileSync('lsns', ['--noheadings', '--output', 'NS', '--type', 'net'])
      .toString()
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  )

test('the engine killed while guests run: they go on, and so does everything about them', async () => {
  const id = await room.launch()
  await room.online(id)
  const boot = await room.bootOf(id)
  const engine = processesOf(room).filter((pid) => commandLine(pid).includes('system service'))
  expect(engine).toHaveLength(1)
  process.kill(Number(engine[0]), 'SIGKILL')
  await waitUntil(() =>
    processesOf(room).some((pid) => /system service/.test(commandLine(pid)) && pid !== engine[0]),
  )
  await expect.poll(() => room.bootOf(id).catch(() => '')).toBe(boot)
  // The events of the new engine are heard.
  await room.command(id, 'systemd-run --on-active=0.2 --timer-property=AccuracySec=10ms systemctl poweroff')
  await room.waitForState(id, 'stopped')
}, 400_000)

test('the daemon killed and started again: guests are found, not orphaned, not rebooted', async () => {
  const id = await room.launch()
  await room.online(id)
  const boot = await room.bootOf(id)
  process.kill(room.target.pid, 'SIGKILL')
  const next = await room.again()
  await next.online(id)
  expect(await next.bootOf(id)).toBe(boot)
  expect(
    await next.output(
      id,
      'curl -s -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 9" http://169.254.169.254/latest/api/token | wc -c',
    ),
  ).not.toBe('0')
  await next.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
  await next.waitForState(id, 'terminated')
}, 400_000)

test('the daemon killed right after RunInstances: the machine comes up with the next one', async () => {
  const id = await room.launch()
  process.kill(room.target.pid, 'SIGKILL')
  const next = await room.again()
  await next.waitForState(id, 'running')
  await next.online(id)
}, 400_000)

test('stopped and started again, the local target brings its machines back; what a person stopped stays down', async () => {
  const [up, down] = await Promise.all([room.launch(), room.launch()])
  await Promise.all([room.online(up), room.online(down)])
  await room.output(up, 'echo kept >/root/kept')
  await room.aws('ec2', 'stop-instances', '--instance-ids', down)
  await room.waitForState(down, 'stopped')
  await stopControlPlane(room.room.paths)
  expect(processesOf(room)).toEqual([])
  const next = await room.again()
  await next.online(up)
  expect(await next.output(up, 'cat /root/kept')).toBe('kept')
  expect((await next.describe(down)).State?.Name).toBe('stopped')
}, 400_000)

test('local:reset leaves no container, mount, process or namespace behind, also when the daemon was killed', async () => {
  await room.close()
  room = await openGuestRoom()
  const ids = await Promise.all([room.launch(), room.launch(), room.launch()])
  await Promise.all(ids.map((id) => room.online(id)))
  expect(processesOf(room).length).toBeGreaterThan(4)
  expect(mountsOf(room).length).toBeGreaterThan(2)
  const own = new Set(namespacesOf(room))
  expect(own.size).toBe(3)
  process.kill(room.target.pid, 'SIGKILL')
  await resetControlPlane(room.room.paths)
  await waitUntil(() => processesOf(room).length === 0)
  expect(mountsOf(room)).toEqual([])
  expect([...namespaces()].filter((one) => own.has(one))).toEqual([])
  const { run, store } = planEnginePlace(room.room.paths.local, { root: true, runtimeDir: undefined })
  expect(() => readdirSync(run)).toThrow(/ENOENT/)
  expect(() => readdirSync(store)).toThrow(/ENOENT/)
}, 400_000)

test('the disk full during a commit: the image has failed and says why, the machine goes on', async () => {
  await room.close()
  room = await openGuestRoom((paths) => {
    const folder = join(paths.local, 'engine')
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', folder])
    return () => void spawnSync('umount', ['--lazy', folder], { stdio: 'ignore' })
  })
  const id = await room.launch()
  await room.online(id)
  await room.output(id, 'head -c 60000000 /dev/urandom >/root/big')
  const { ImageId } = await room.clients.ec2.send(
    new CreateImageCommand({ InstanceId: id, Name: 'too-big', NoReboot: true }),
  )
  const find = async () =>
    (await room.clients.ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId ?? ''] }))).Images?.[0]
  await expect.poll(async () => (await find())?.State, { timeout: 120_000 }).toBe('failed')
  expect((await find())?.StateReason?.Message).toMatch(/no space left/i)
  expect(await room.output(id, 'rm /root/big; echo alive')).toBe('alive')
}, 400_000)

test('20 guests at once on whatever cores there are, and a gateway that stays small', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => room.launch()))
  await Promise.all(ids.map((id) => room.online(id)))
  const answers = await Promise.all(ids.map((id) => room.output(id, 'hostname')))
  expect(new Set(answers).size).toBe(20)
  const plane = await readControlPlane(room.room.paths)
  expect(plane?.guests.running).toBe(20)
  expect(plane?.memoryBytes.gateway).toBeLessThan(150 * 1024 * 1024)
  await room.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }))
  await Promise.all(ids.map((id) => room.waitForState(id, 'terminated')))
}, 400_000)

test('books that know a machine whose container is gone get a new one from its image', async () => {
  const id = await room.launch()
  await room.online(id)
  await stopControlPlane(room.room.paths)
  await clearEngine(room.room.paths.local)
  const next = await room.again()
  await next.online(id)
}, 400_000)
