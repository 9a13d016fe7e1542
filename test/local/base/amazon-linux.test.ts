import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Story, silentStory } from '../../../config/story.ts'
import { type EnsureBaseOptions, ensureBase } from '../../../local/base/ensure.ts'
import { findBases } from '../../../local/base/find.ts'
import { renderSource } from '../../../local/base/registry.ts'
import { openGuestRoom } from '../guests/fixture.ts'
import { Bench } from './guest.ts'
import { architecture, engine, paths } from './podman.ts'
import { Registry } from './registry.ts'
import { openQuickCheckout, openTinyAmazon, type TinyAmazon } from './tiny-amazon.ts'

/**
 * Amazon's own image was never reached from where these tests were written. What is pulled here has its shape and a
 * stand-in's programs: it proves the way from a registry to a machine, and nothing about Amazon's packages.
 */
describe.skipIf(engine === undefined)('Amazon Linux from a registry', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amazon-'))
  let amazon: TinyAmazon
  let bench: Bench
  let options: EnsureBaseOptions

  beforeAll(async () => {
    if (engine === undefined) return
    const common = { architecture, engine, story: silentStory } as const
    const standIn = await ensureBase({ ...common, paths, setting: 'stand-in' })
    amazon = await openTinyAmazon(standIn, engine.podman)
    const own = { root: paths.root, base: join(folder, 'base'), local: join(folder, 'local') }
    options = { ...common, paths: own, setting: 'auto', source: amazon.source }
    bench = new Bench(await ensureBase(options), engine.podman)
  }, 600_000)

  afterAll(async () => {
    await bench?.close()
    await amazon?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const say = async (script: string) => (await bench.inside('plain', script)).stdout

  test('where a registry answers, the base is the image for this architecture out of its list', async () => {
    expect(bench.base).toMatchObject({
      kind: 'amazon-linux',
      architecture,
      description: `Amazon Linux 2023.9.20251027 from its container image, ${architecture}`,
    })
    const labels = await bench.engine('image', 'inspect', '--format', '{{json .Labels}}', bench.base.image)
    expect(JSON.parse(labels)).toMatchObject({
      'kiro.base': 'amazon-linux',
      'kiro.source': renderSource(amazon.source),
    })
  })

  test('the second time nobody is asked', async () => {
    const asked = amazon.registry.requests.length
    expect(await ensureBase(options)).toEqual(bench.base)
    expect(findBases(options)['amazon-linux']).toEqual(bench.base)
    expect(amazon.registry.requests.length).toBe(asked)
  })

  test('it holds no key, no identity and no resolver of the machine that built it, and not the way it was built', async () => {
    const script =
      'ls /etc/ssh/ssh_host_* 2>/dev/null; cat /etc/machine-id; grep nameserver /etc/resolv.conf; grep -rl 127.0.0.1: /etc/yum.repos.d; ls -d /recipe /out 2>/dev/null; true'
    expect(await bench.peek(script)).toBe('nameserver 169.254.169.253')
  })

  test('it boots as a machine: user data, keys, ssh, the agent, and it says what it is', async () => {
    const script = '#!/bin/bash\necho "hello from $(id -un)"\n'
    const { calls } = await bench.boot('plain', { userData: script, role: 'kiro-ec2-alice' })
    await bench.waitUntilBooted('plain')
    expect(await say('systemctl is-system-running; systemctl --failed --no-legend')).toBe('running')
    expect(await say('systemctl is-active sshd; ls /etc/ssh/ssh_host_*_key')).toBe(
      'active\n/etc/ssh/ssh_host_ecdsa_key\n/etc/ssh/ssh_host_ed25519_key',
    )
    expect(await say('cloud-init status --wait; cat /var/log/cloud-init-output.log')).toMatch(
      /status: done\nhello from root/,
    )
    const key =
      'ssh-keygen -q -t ed25519 -N "" -f /root/key; cat /root/key.pub >>/home/ec2-user/.ssh/authorized_keys'
    const ssh = 'ssh -i /root/key -o BatchMode=yes -o StrictHostKeyChecking=no ec2-user@127.0.0.1'
    expect(await say(`${key}; ${ssh} id -un 2>/dev/null`)).toBe('ec2-user')
    expect(await say('systemctl show sshd --property ExecStart')).toContain(
      'AuthorizedKeysCommand /opt/aws/bin/eic_run_authorized_keys %u',
    )
    for (const user of ['ec2-user', 'ssm-user'])
      expect(await say(`su - ${user} -c 'sudo -n id -un'`)).toBe('root')
    expect(await say('cat /etc/motd')).toMatch(/Amazon Linux 2023, release 2023\.9\.20251027[\s\S]*stand-ins/)
    await vi.waitFor(() => expect(calls.length).toBeGreaterThan(0), 60_000)
    expect(JSON.parse((calls[0] as { body: string }).body)).toMatchObject({
      PlatformName: 'Amazon Linux',
      PlatformVersion: expect.stringMatching(/^2023 \(container image 2023\.9\.20251027, /),
    })
  }, 240_000)

  test('its dnf looks where that of an AMI looks, and checks the signature that the image brings', async () => {
    const { code, stdout } = await bench.inside('plain', 'dnf -q -y install jq git 2>&1')
    expect([code, stdout]).toEqual([0, expect.not.stringContaining('Error')])
    expect(await say('jq --version; cat /etc/yum.repos.d/*')).toMatch(/^jq-1[\s\S]*al2023-repos-\$awsregion/)
    expect((await bench.inside('plain', 'dnf -q --releasever=latest repoquery tree')).stdout).toMatch(
      /^tree-/,
    )
    expect((await bench.inside('plain', 'dnf -q --releasever=2023.1.20230101 repoquery tree')).code).not.toBe(
      0,
    )
  })

  test('it is an instance of the local target: SSM runs commands in it, its role and its packages are there', async () => {
    const room = await openGuestRoom(undefined, { base: bench.base })
    onTestFinished(() => room.close())
    const id = await room.launch()
    await room.online(id)
    expect(await room.output(id, 'systemctl is-system-running --wait; id -un')).toBe('running\nroot')
    expect(await room.output(id, 'aws sts get-caller-identity --query Arn --output text')).toMatch(
      new RegExp(`:assumed-role/guest-role/${id}$`),
    )
    expect(await room.output(id, 'dnf -q -y install tree >/dev/null; tree --version')).toMatch(/^tree v2/)
    const { InstanceInformationList } = await room.clients.ssm.send(new DescribeInstanceInformationCommand())
    expect(InstanceInformationList?.[0]?.PlatformVersion).toMatch(
      /^2023 \(container image 2023\.9\.20251027, /,
    )
  }, 240_000)

  describe('when it fails', () => {
    const begin = (source: EnsureBaseOptions['source'], setting: EnsureBaseOptions['setting'] = 'auto') => {
      const checkout = openQuickCheckout(paths.root)
      onTestFinished(() => checkout.close())
      const warned: string[] = []
      const story: Story = { ...silentStory, warn: (text) => void warned.push(text) }
      const { root } = checkout
      const own = { root, base: join(root, 'base'), local: join(root, 'local') }
      return { warned, made: ensureBase({ ...options, paths: own, setting, source, story }) }
    }

    test('another content than the digest says is refused', async () => {
      const digest = `sha256:${'0'.repeat(64)}`
      amazon.registry.put(digest, 'manifest', '{"schemaVersion":2,"layers":[]}')
      await expect(begin(amazon.registry.sourceOf(digest), 'amazon-linux').made).rejects.toThrow(
        /^Amazon Linux 2023 could not be made a machine: .*digest/,
      )
    })

    test('a download that is torn costs one line and not the machines', async () => {
      amazon.registry.tearAfter = 1_000_000
      onTestFinished(() => {
        amazon.registry.tearAfter = undefined
      })
      const { warned, made } = begin(amazon.source)
      expect((await made).kind).toBe('stand-in')
      expect(warned).toEqual([
        expect.stringMatching(
          /^Amazon Linux 2023 could not be made a machine: .*: machines are the stand-in made of Debian$/,
        ),
      ])
    })

    test('a registry that is not there costs one line, unless the settings ask for Amazon Linux', async () => {
      const gone = new Registry(folder)
      await gone.listen()
      const silent = gone.sourceOf(amazon.source.digest)
      await gone.close()
      const { warned, made } = begin(silent)
      expect((await made).kind).toBe('stand-in')
      const said = `${silent.registry} does not answer (ECONNREFUSED)`
      expect(warned).toEqual([`${said}: machines are the stand-in made of Debian`])
      await expect(begin(silent, 'amazon-linux').made).rejects.toMatchObject({
        message: `${said}, and the settings ask for Amazon Linux 2023`,
        hint: '"local": { "base": "auto" } takes the stand-in instead',
      })
    })
  })
})
