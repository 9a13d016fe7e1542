import { renameSync, rmSync, writeFileSync } from 'node:fs'
import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeInstanceStatusCommand,
  DetachVolumeCommand,
  GetConsoleOutputCommand,
  ModifyInstanceMetadataOptionsCommand,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceStatusOk,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { planGuestPlace } from '../../../local/guests/place.ts'
import { type GuestRoom, openGuestRoom } from './fixture.ts'

let room: GuestRoom
beforeAll(async () => {
  room = await openGuestRoom()
}, 400_000)
afterAll(() => room?.close())

const userData = (script: string) => ({ UserData: Buffer.from(script).toString('base64') })

describe.sequential('the life of one machine', () => {
  let id = ''
  const ids = () => ({ InstanceIds: [id] })

  test('RunInstances answers pending; then it runs, passes its checks and is online', async () => {
    id = await room.launch({
      ...userData('#!/bin/bash\necho "user data speaks"\necho once >>/root/user-data-ran\n'),
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'first' }] }],
      MetadataOptions: { HttpTokens: 'required', InstanceMetadataTags: 'enabled' },
    })
    const waiter = { client: room.clients.ec2, maxWaitTime: 180, minDelay: 1, maxDelay: 1 }
    await waitUntilInstanceRunning(waiter, ids())
    await waitUntilInstanceStatusOk(waiter, ids())
    await room.online(id)
  }, 240_000)

  test('systemd is PID 1, and the machine is plainly a stand-in', async () => {
    const text = await room.output(
      id,
      'cat /proc/1/comm; timeout 120 systemctl is-system-running --wait; cat /etc/motd',
    )
    expect(text.split('\n').slice(0, 2)).toEqual(['systemd', 'running'])
    expect(text).toMatch(/stand-in/i)
  }, 240_000)

  test('user data ran as root, once, and its output is where EC2 has it', async () => {
    expect(await room.output(id, 'cloud-init status --wait')).toContain('status: done')
    expect(await room.output(id, 'cat /root/user-data-ran /var/log/cloud-init-output.log')).toMatch(
      /^once\n[\s\S]*user data speaks/,
    )
    const { Output } = await room.clients.ec2.send(new GetConsoleOutputCommand({ InstanceId: id }))
    const text = Buffer.from(Output ?? '', 'base64').toString()
    expect(text).toContain('user data speaks')
    expect(text).toMatch(/Cloud-init v\. .* finished at/)
  }, 240_000)

  test('the metadata service answers with a token only, and follows changes', async () => {
    const ask = (path: string) =>
      `curl -s -w '\\n%{http_code}' -H "X-aws-ec2-metadata-token: $(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)" http://169.254.169.254/latest/${path}`
    expect(
      await room.output(id, "curl -s -o /dev/null -w '%{http_code}' http://169.254.169.254/latest/"),
    ).toBe('401')
    expect(await room.output(id, ask('meta-data/instance-id'))).toBe(`${id}\n200`)
    expect(await room.output(id, ask('meta-data/tags/instance/Name'))).toBe('first\n200')
    await room.clients.ec2.send(
      new ModifyInstanceMetadataOptionsCommand({ InstanceId: id, HttpTokens: 'optional' }),
    )
    await expect
      .poll(() => room.output(id, 'curl -s http://169.254.169.254/latest/meta-data/instance-id'), {
        timeout: 60_000,
      })
      .toBe(id)
  }, 240_000)

  test('it has no network but the doors: no route, no name, no metadata service of the host', async () => {
    const text = await room.output(
      id,
      `ls /sys/class/net; wc -l </proc/net/route; timeout 3 bash -c ': </dev/tcp/127.0.0.1/${new URL(room.target.endpoint).port}' 2>&1 || echo unreachable; getent hosts example.com || echo unknown`,
    )
    expect(text).toMatch(/^lo\n1\n[\s\S]*unreachable\nunknown$/)
  }, 240_000)

  test('a volume attached to a running machine is there at once, and can be taken away', async () => {
    const { AvailabilityZone } = (await room.describe(id)).Placement ?? {}
    const { VolumeId } = await room.clients.ec2.send(new CreateVolumeCommand({ AvailabilityZone, Size: 1 }))
    const volume = { VolumeId, InstanceId: id, Device: '/dev/sdf' }
    await room.clients.ec2.send(new AttachVolumeCommand(volume))
    await expect
      .poll(async () => (await room.command(id, 'echo data >/volumes/sdf/kept')).Status)
      .toBe('Success')

    const other = await room.launch()
    await room.online(other)
    await room.clients.ec2.send(new DetachVolumeCommand(volume))
    await room.clients.ec2.send(new AttachVolumeCommand({ ...volume, InstanceId: other, Device: '/dev/sdg' }))
    await expect
      .poll(async () => (await room.command(other, 'cat /volumes/sdg/kept')).StandardOutputContent)
      .toBe('data\n')
    await room.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [other] }))
    await room.waitForState(other, 'terminated')
    await room.clients.ec2.send(new DeleteVolumeCommand({ VolumeId }))
  }, 240_000)

  test('stopped it keeps its disk; started again it does not run user data again', async () => {
    await room.output(id, 'echo kept >/root/kept; sync')
    await room.clients.ec2.send(new StopInstancesCommand(ids()))
    expect(['stopping', 'stopped']).toContain((await room.describe(id)).State?.Name)
    await room.waitForState(id, 'stopped')
    expect((await room.command(id, 'true').catch((error: Error) => error)).toString()).toContain(
      'InvalidInstanceId',
    )
    await room.clients.ec2.send(new StartInstancesCommand(ids()))
    await room.waitForState(id, 'running')
    await room.online(id)
    expect(
      await room.output(id, 'cloud-init status --wait >/dev/null; cat /root/kept /root/user-data-ran'),
    ).toBe('kept\nonce')
  }, 240_000)

  test('a reboot is a new boot of the same disk, and EC2 goes on saying running', async () => {
    const before = await room.bootOf(id)
    await room.clients.ec2.send(new RebootInstancesCommand(ids()))
    expect((await room.describe(id)).State?.Name).toBe('running')
    await expect.poll(() => room.bootOf(id).catch(() => before)).not.toBe(before)
  }, 240_000)

  test('a reboot from inside as well', async () => {
    const before = await room.bootOf(id)
    await room.command(id, 'systemd-run --on-active=0.2 --timer-property=AccuracySec=10ms systemctl reboot')
    await expect.poll(() => room.bootOf(id).catch(() => before)).not.toBe(before)
    expect((await room.describe(id)).State?.Name).toBe('running')
  }, 240_000)

  test('powered off from inside it is stopped, with the reason that EC2 gives', async () => {
    await room.command(id, 'systemd-run --on-active=0.2 --timer-property=AccuracySec=10ms systemctl poweroff')
    const stopped = await room.waitForState(id, 'stopped')
    expect(stopped.StateReason?.Code).toBe('Client.InstanceInitiatedShutdown')
  }, 240_000)

  test('terminated it is gone for good', async () => {
    await room.clients.ec2.send(new TerminateInstancesCommand(ids()))
    await room.waitForState(id, 'terminated')
    const { InstanceStatuses } = await room.clients.ec2.send(
      new DescribeInstanceStatusCommand({ IncludeAllInstances: true, ...ids() }),
    )
    expect(InstanceStatuses?.[0]?.InstanceState?.Name ?? 'terminated').toBe('terminated')
  }, 240_000)
})

test('a machine whose shutdown behaviour is terminate ends itself', async () => {
  const id = await room.launch({
    ...userData('#!/bin/bash\nsystemctl poweroff\n'),
    InstanceInitiatedShutdownBehavior: 'terminate',
  })
  const gone = await room.waitForState(id, 'terminated')
  expect(gone.StateReason?.Code).toBe('Client.InstanceInitiatedShutdown')
}, 240_000)

test('user data that fails, and user data that hangs, leave a machine one can reach', async () => {
  const [failing, hanging] = await Promise.all([
    room.launch(userData('#!/bin/bash\necho before >&2\nexit 3\n')),
    room.launch(userData('#!/bin/bash\nsleep infinity\n')),
  ])
  await Promise.all([room.online(failing), room.online(hanging)])
  expect((await room.command(failing, 'cloud-init status --wait')).StandardOutputContent).toContain('error')
  expect(await room.output(failing, 'cat /var/log/cloud-init-output.log')).toMatch(/before[\s\S]*3/)
  expect((await room.command(hanging, 'cloud-init status')).StandardOutputContent).toContain('running')
  expect(await room.output(hanging, 'systemctl is-active ssh')).toBe('active')
  await room.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [failing, hanging] }))
  await Promise.all([room.waitForState(failing, 'terminated'), room.waitForState(hanging, 'terminated')])
}, 240_000)

test('a machine without a role runs, and is never online', async () => {
  const id = await room.launch({ IamInstanceProfile: undefined })
  await waitUntilInstanceStatusOk(
    { client: room.clients.ec2, maxWaitTime: 180, minDelay: 1, maxDelay: 1 },
    { InstanceIds: [id] },
  )
  await new Promise((resolve) => setTimeout(resolve, 2000))
  const { stdout } = await room.aws('ssm', 'describe-instance-information', '--output', 'text')
  expect(stdout).not.toContain(id)
  await room.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
}, 240_000)

test('three failed starts: a machine that has run is stopped and keeps its disk, one that never ran is gone', async () => {
  const { ec2 } = room.clients
  const { shared } = planGuestPlace(room.room.paths.local)
  const old = await room.launch()
  await room.online(old)
  await room.output(old, 'echo kept >/root/kept')
  await ec2.send(new StopInstancesCommand({ InstanceIds: [old] }))
  await room.waitForState(old, 'stopped')
  // A file where every guest has a folder to be mounted: the engine starts none. A missing one it would make.
  renameSync(shared, `${shared}.away`)
  writeFileSync(shared, '')
  try {
    await ec2.send(new StartInstancesCommand({ InstanceIds: [old] }))
    const fresh = await room.launch()
    const [stopped, gone] = await Promise.all([
      room.waitForState(old, 'stopped'),
      room.waitForState(fresh, 'terminated'),
    ])
    for (const { StateReason } of [stopped, gone])
      expect(StateReason).toEqual({
        Code: 'Server.InternalError',
        Message: expect.stringMatching(/^Server\.InternalError: it could not be started: .*not a directory/s),
      })
  } finally {
    rmSync(shared)
    renameSync(`${shared}.away`, shared)
  }
  await ec2.send(new StartInstancesCommand({ InstanceIds: [old] }))
  await room.online(old)
  expect(await room.output(old, 'cat /root/kept')).toBe('kept')
}, 240_000)
