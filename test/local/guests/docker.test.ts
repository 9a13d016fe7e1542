import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import {
  CreateImageCommand,
  DeregisterImageCommand,
  StartInstancesCommand,
  TerminateInstancesCommand,
  waitUntilImageAvailable,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resetControlPlane } from '../../../local/control/reset.ts'
import { removeCgroups } from '../../../local/engine/docker-clear.ts'
import { folderLabel, planDockerKey } from '../../../local/engine/docker-guest.ts'
import { startDocker, type TestDocker, withoutDocker, withUnifiedCgroups } from './docker.ts'
import { type GuestRoom, openGuestRoom } from './fixture.ts'

let docker: TestDocker
let room: GuestRoom

const keyOf = ({ room: { paths } }: GuestRoom) => planDockerKey(paths.local)

const namesOf = async (what: 'containers' | 'images'): Promise<string[]> =>
  (await docker.list(what)).flatMap(({ Names, RepoTags }) => Names ?? RepoTags ?? []).sort()

/** Docker watches each container with a process that has its id on the command line. */
const processesThatName = (containerId: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(containerId)
    } catch {
      return false // It has ended since.
    }
  })

const powerOff = 'systemd-run --on-active=0.2 --timer-property=AccuracySec=10ms systemctl poweroff'

describe
  .skipIf(withoutDocker)
  .sequential('guests of a Docker (needs root and apt-get install docker.io)', () => {
    let id = ''
    let image = ''

    beforeAll(async () => {
      docker = await startDocker()
      process.env.DOCKER_HOST = `unix://${docker.socket}`
      room = await openGuestRoom(undefined, { engine: 'docker' })
      if (room.state.kind === 'on') await docker.addStranger('stranger', room.state.request.base.image)
    }, 400_000)
    afterAll(async () => {
      await room?.close()
      await docker?.close()
    })

    test('a machine boots, is online with the role from its metadata service, and lacks nothing', async () => {
      expect(room.state).toMatchObject({ engine: expect.stringMatching(/^Docker \d+\./) })
      id = await room.launch({
        UserData: Buffer.from('#!/bin/bash\necho once >>/root/ran\n').toString('base64'),
      })
      await room.online(id)
      const seen = await room.output(
        id,
        `timeout 60 systemctl is-system-running --wait; cloud-init status --wait >/dev/null; cat /root/ran
       sudo -n true; aws sts get-caller-identity --query Arn --output text`,
      )
      expect(seen.split('\n')).toEqual([
        ...['running', 'once', expect.stringContaining(`assumed-role/guest-role/${id}`)],
      ])
    }, 240_000)

    test('it has one interface, no route, and reaches no address of this computer', async () => {
      expect(await room.output(id, 'ls /sys/class/net; wc -l </proc/net/route')).toBe('lo\n1')
      const addresses = Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        .filter(({ family }) => family === 'IPv4')
        .map(({ address }) => address)
      const server = createServer((socket) => socket.end()).listen({ host: '0.0.0.0', port: 0 })
      await new Promise((resolve) => server.once('listening', resolve))
      const { port } = server.address() as { port: number }
      for (const address of addresses)
        expect(
          await room.output(id, `timeout 2 bash -c ': </dev/tcp/${address}/${port}' 2>/dev/null || echo no`),
        ).toBe('no')
      server.close()
    }, 240_000)

    test('it has no right to mount and names no program that the kernel would start outside', async () => {
      const script = `grep CapBnd /proc/1/status; mount -t tmpfs tmpfs /mnt 2>/dev/null || echo no mount
      echo /tmp/x 2>/dev/null >/sys/fs/cgroup/systemd/release_agent; cat /sys/fs/cgroup/systemd/release_agent; true`
      const [rights = '', ...others] = (await room.output(id, script)).split('\n')
      // CAP_SYS_ADMIN, see linux/capability.h.
      expect(BigInt(`0x${rights.split(/\s+/)[1]}`) & (1n << 21n)).toBe(0n)
      expect(others).toEqual(['no mount'])
    }, 240_000)

    test('an image of it boots that content, and its content goes when it is deregistered', async () => {
      const { ec2 } = room.clients
      await room.output(id, 'echo baked >/opt/baked')
      const made = await ec2.send(new CreateImageCommand({ InstanceId: id, Name: 'golden' }))
      image = made.ImageId ?? ''
      const waiter = { client: ec2, maxWaitTime: 180, minDelay: 1, maxDelay: 1 }
      await waitUntilImageAvailable(waiter, { ImageIds: [image] })
      expect(await namesOf('images')).toContain(`localhost/kiro-ami-${keyOf(room)}:${image}`)
      const other = await room.launch({ ImageId: image })
      await room.online(other)
      expect(await room.output(other, 'cat /opt/baked')).toBe('baked')
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [other] }))
      await room.waitForState(other, 'terminated')
      await ec2.send(new DeregisterImageCommand({ ImageId: image }))
      await expect.poll(() => namesOf('images')).not.toContain(`localhost/kiro-ami-${keyOf(room)}:${image}`)
    }, 240_000)

    test('powered off from inside it is stopped, and started again it has its disk', async () => {
      await room.online(id)
      await room.command(id, powerOff)
      await room.waitForState(id, 'stopped')
      await room.clients.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }))
      await room.online(id)
      expect(await room.output(id, 'cat /opt/baked')).toBe('baked')
    }, 240_000)

    test('two local targets in one Docker know nothing of each other, and a reset of one leaves the other', async () => {
      const second = await openGuestRoom(undefined, { engine: 'docker' })
      try {
        const other = await second.launch()
        await second.online(other)
        expect(await namesOf('containers')).toEqual(
          [`/kiro-${keyOf(room)}-${id}`, `/kiro-${keyOf(second)}-${other}`, '/stranger'].sort(),
        )
        process.kill(second.target.pid, 'SIGKILL')
        await resetControlPlane(second.room.paths)
        expect(await namesOf('containers')).toEqual([`/kiro-${keyOf(room)}-${id}`, '/stranger'])
      } finally {
        await second.close()
      }
      expect(await room.output(id, 'echo alive')).toBe('alive')
    }, 240_000)

    test('Docker stopped and started again: its machines come back, for they did not power off', async () => {
      const boot = await room.bootOf(id)
      await docker.restart()
      await expect.poll(() => room.bootOf(id).catch(() => boot), { timeout: 120_000 }).not.toBe(boot)
      expect((await room.describe(id)).State?.Name).toBe('running')
      await room.command(id, powerOff)
      await room.waitForState(id, 'stopped')
    }, 400_000)

    test('local:reset leaves no container, image or process of ours, and all of others', async () => {
      await room.clients.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }))
      await room.online(id)
      const made = await room.clients.ec2.send(
        new CreateImageCommand({ InstanceId: id, Name: 'left', NoReboot: true }),
      )
      const waiter = { client: room.clients.ec2, maxWaitTime: 180, minDelay: 1, maxDelay: 1 }
      await waitUntilImageAvailable(waiter, { ImageIds: [made.ImageId ?? ''] })
      const own = (await docker.list('containers')).find(({ Names }) => Names?.[0]?.includes(keyOf(room)))?.Id
      expect(processesThatName(own ?? '')).not.toEqual([])
      process.kill(room.target.pid, 'SIGKILL')
      // By its label this one says that it is not ours, though it rests on what is.
      const rested = (await namesOf('images')).find((name) => name.includes(keyOf(room))) ?? ''
      await docker.addStranger('squatter', rested, { [folderLabel]: 'elsewhere' })
      await expect(resetControlPlane(room.room.paths)).rejects.toThrow(
        /^Docker keeps images .*: .*squatter|conflict/,
      )
      await docker.remove('squatter')
      await resetControlPlane(room.room.paths)
      expect(await namesOf('containers')).toEqual(['/stranger'])
      await expect.poll(() => processesThatName(own ?? '')).toEqual([])
      expect((await namesOf('images')).filter((name) => !name.includes('kiro-sandbox-base'))).toEqual([
        'stranger:1',
      ])
    }, 240_000)

    test('under cgroups of version 2 a guest writes in its own cgroup and in no other', async () => {
      await docker.restart(withUnifiedCgroups)
      const unified = await openGuestRoom(undefined, { engine: 'docker' })
      try {
        const other = await unified.launch()
        await unified.online(other)
        if (unified.state.kind !== 'on' || !('cgroups' in unified.state.flags)) throw new Error('no Docker')
        expect(['own', 'writable']).toContain(unified.state.flags.cgroups)
        const script = `timeout 60 systemctl is-system-running --wait; cd /sys/fs/cgroup
        mkdir other 2>/dev/null && echo made; echo 1 2>/dev/null >docker/cgroup.freeze && echo frozen; true`
        const allowed = unified.state.flags.cgroups === 'own' ? 'running' : 'running\nmade'
        expect(await unified.output(other, script)).toBe(allowed)
      } finally {
        await unified.close()
        // Seen from here these cgroups may lie elsewhere than where Docker saw them.
        removeCgroups(`/sys/fs/cgroup/unified/kiro-${keyOf(unified)}`)
      }
    }, 400_000)
  })
