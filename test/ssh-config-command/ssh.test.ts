import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CreateTagsCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tag } from '../../config/names.ts'
import { root } from '../local/control/fixture.ts'
import { countCalls, openPlace, type Place, type Ran, run, shortFolder } from '../ssh-proxy/place.ts'

let place: Place
let home: string
const config = 'Host *\n  User nobody\n  StrictHostKeyChecking no\n'
beforeAll(async () => {
  place = await openPlace()
  home = mkdtempSync(join(shortFolder, 'kiro ssh home-'))
  mkdirSync(join(home, '.ssh'))
  writeFileSync(join(home, '.ssh', 'config'), config)
}, 400_000)
afterAll(async () => {
  if (home) rmSync(home, { recursive: true, force: true })
  await place?.close()
}, 240_000)

const at = (...path: string[]) => join(home, '.ssh', ...path)
const ours = (name: string, user: string, ...args: string[]): Promise<Ran> => {
  const launcher = join(root, 'scripts', 'launch.mjs')
  const env = place.env
  return run(process.execPath, [launcher, name, '--user', user, '--home', home, ...args], { env })
}
const sshConfig = (user: string, ...args: string[]) => ours('ssh:config', user, ...args)
/** As a person types it, but for the place of the config: ssh takes that from the list of users. */
const ssh = (...args: string[]): Promise<Ran> => run('ssh', ['-F', at('config'), ...args], { env: place.env })
const tunnels = (): Promise<number> => countCalls(place, 'OpenTunnel')

/** Another machine in the same place, for whose user ssh:config can be asked. */
const launchFor = async (user: string): Promise<string> => {
  const { room, groups, instanceId } = place
  const { SubnetId } = await room.describe(instanceId)
  const id = await room.launch({ SubnetId, SecurityGroupIds: [groups.instances] })
  const Tags = [tag.sandbox, tag.owner].map((Key) => ({ Key, Value: user }))
  await room.clients.ec2.send(new CreateTagsCommand({ Resources: [id], Tags }))
  await room.online(id)
  await room.output(id, 'useradd -m -s /bin/bash kiro')
  return id
}

test('ssh by name reaches the machine, as its user, through the endpoint', async () => {
  expect(await sshConfig('alice', '--write')).toMatchObject({ code: 0 })
  const { code, stdout, stderr } = await ssh('sandbox-alice', 'id -un; exit 42')
  expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 42, stdout: 'kiro\n', stderr: '' })
}, 240_000)

/** A first ssh that stays, and so carries those after it. */
const stay = async (): Promise<{ first: Promise<Ran> }> => {
  const first = ssh('sandbox-alice', 'sleep 600')
  while ((await ssh('-O', 'check', 'sandbox-alice')).code !== 0) await delay(50)
  return { first }
}

test('an ssh beside another one shares its connection: no other tunnel, no other login', async () => {
  const { first } = await stay()
  const before = await tunnels()
  expect(before).toBeGreaterThan(0)
  const others = [1, 2, 3].map(() => ssh('sandbox-alice', 'true'))
  expect((await Promise.all(others)).map(({ code }) => code)).toEqual([0, 0, 0])
  expect(await tunnels()).toBe(before)
  await ssh('-O', 'exit', 'sandbox-alice')
  expect((await first).code).toBe(255)
}, 240_000)

test('scp knows the name too', async () => {
  const [from, to] = [join(home, 'from'), join(home, 'to')]
  writeFileSync(from, 'there and back')
  expect((await run('scp', ['-F', at('config'), from, 'sandbox-alice:x'], { env: place.env })).code).toBe(0)
  expect((await run('scp', ['-F', at('config'), 'sandbox-alice:x', to], { env: place.env })).code).toBe(0)
  expect(readFileSync(to, 'utf8')).toBe('there and back')
}, 240_000)

test('two sandboxes at once, each under its own name', async () => {
  const other = await launchFor('bob')
  expect(await sshConfig('bob', '--write')).toMatchObject({ code: 0 })
  const own = ['sandbox-alice', 'sandbox-bob'].map((host) => ssh(host, 'cat /etc/machine-id'))
  const [one, two] = (await Promise.all(own)).map(({ stdout }) => stdout.toString().trim())
  expect(one).toBe(await place.room.output(place.instanceId, 'cat /etc/machine-id'))
  expect(two).toBe(await place.room.output(other, 'cat /etc/machine-id'))
  expect(await sshConfig('bob', '--remove')).toMatchObject({ code: 0 })
  expect((await ssh('sandbox-alice', 'true')).code).toBe(0)
}, 240_000)

test('a tunnel that has lasted as long as it may is replaced with the next ssh', async () => {
  const settings = join(home, 'settings.json')
  writeFileSync(settings, JSON.stringify({ ssh: { tunnelSeconds: 10 } }))
  expect(await sshConfig('alice', '--write', '--config', settings)).toMatchObject({ code: 0 })
  const cut = await ssh('sandbox-alice', 'sleep 3600')
  expect(cut.code).toBe(255)
  expect(cut.stderr).toContain('the tunnel has reached its longest duration')
  expect((await ssh('sandbox-alice', 'echo again')).stdout.toString()).toBe('again\n')
  expect(await sshConfig('alice', '--write')).toMatchObject({ code: 0 })
}, 240_000)

test('a machine in place of another one is named, and no eavesdropper is suspected; its own pin is believed', async () => {
  await place.room.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [place.instanceId] }))
  await place.room.waitForState(place.instanceId, 'terminated')
  const next = await launchFor('alice')
  const { code, stderr } = await ssh('sandbox-alice', 'true')
  expect(code).toBe(255)
  expect(stderr).toContain(`the sandbox of alice is another machine now: ${next}, not ${place.instanceId}`)
  expect(stderr).toContain('npm run ssh:config -- --user alice --write')
  expect(stderr).not.toContain('IDENTIFICATION HAS CHANGED')
  const ide = await ours('ide', 'alice', '--print')
  expect(ide.stderr).toContain(`leads to ${place.instanceId}, and the machine is ${next} now`)
  expect(ide.code).toBe(0)
  expect(await ssh('sandbox-alice', 'true')).toMatchObject({ code: 0, stderr: '' })
}, 240_000)

test('--remove ends what is open, and nothing of ours stays', async () => {
  const { first } = await stay()
  expect(await sshConfig('alice', '--remove')).toMatchObject({ code: 0 })
  expect((await first).code).toBe(255)
  expect(readFileSync(at('config'), 'utf8')).toBe(config)
  expect(existsSync(at('kiro-sandbox'))).toBe(false)
}, 240_000)
