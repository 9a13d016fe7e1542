import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { silentStory } from '../../../config/story.ts'
import { ensureBase } from '../../../local/base/ensure.ts'
import { findBases } from '../../../local/base/find.ts'
import { Bench } from './guest.ts'
import { architecture, engine, paths } from './podman.ts'

const first = '2023.9.20251027'
const second = '2023.9.20251110'

const only = (folder: string, name: RegExp): string => readdirSync(folder).find((one) => name.test(one)) ?? ''

describe.skipIf(engine === undefined)('the base image', () => {
  let bench: Bench
  const calls: Record<string, Array<Record<string, unknown>>> = {}
  const say = async (guest: string, script: string) => (await bench.inside(guest, script)).stdout

  beforeAll(async () => {
    if (engine === undefined) return
    const base = await ensureBase({ paths, architecture, setting: 'stand-in', engine, story: silentStory })
    bench = new Bench(base, engine.podman)
    const script = '#!/bin/bash\necho "hello from $(id -un)"\ntouch /var/lib/ran-$RANDOM\n'
    calls.plain = (await bench.boot('plain', { userData: script, role: 'kiro-ec2-alice' })).calls
    await bench.waitUntilBooted('plain')
  }, 1_200_000)

  afterAll(() => bench?.close())

  test('is found without building once it was built', () => {
    expect(findBases({ paths, architecture, engine: { kind: 'podman' } })['stand-in']).toEqual(bench.base)
    expect(bench.base.description).toContain('Stand-in')
  })

  test('boots until systemd has nothing left to do', async () => {
    expect(await say('plain', 'systemctl is-system-running; systemctl --failed --no-legend')).toBe('running')
  })

  test('says Amazon Linux 2023, and everywhere that it is a stand-in', async () => {
    const said = await say(
      'plain',
      '. /etc/os-release; echo "$ID $VERSION_ID $PLATFORM_ID $PRETTY_NAME/$VARIANT"',
    )
    expect(said).toBe(`amzn 2023 platform:al2023 Amazon Linux ${first}/stand-in made of Debian`)
    expect(await say('plain', 'cat /etc/motd /etc/system-release')).toMatch(
      /stand-in[\s\S]*Debian[\s\S]*stand-in/,
    )
  })

  test('has ec2-user and ssm-user, who become root without a password', async () => {
    expect(await say('plain', 'id -u ec2-user; id -u ssm-user')).toBe('1000\n1001')
    for (const user of ['ec2-user', 'ssm-user'])
      expect(await say('plain', `su - ${user} -c 'sudo -n id -un'`)).toBe('root')
  })

  test('believes the one authority that is mounted, in curl, Python and the AWS CLI', async () => {
    const url = 'https://ssm.us-west-2.amazonaws.com/'
    expect((await bench.inside('plain', `curl -sf ${url}`)).stdout).toBe('{}')
    const python = `python3 -c "import urllib.request as u; print(u.urlopen('${url}').read())"`
    expect(await say('plain', python)).toBe("b'{}'")
    expect(await say('plain', "su - ec2-user -c 'echo $AWS_CA_BUNDLE'")).toBe(
      '/etc/pki/tls/certs/ca-bundle.crt',
    )
    expect(await say('plain', 'aws --version')).toMatch(/^aws-cli\/2\./)
  })

  test('holds no key, no identity and no resolver of the machine that built it', async () => {
    const script =
      'ls /etc/ssh/ssh_host_* 2>/dev/null; cat /etc/machine-id; grep -c ^nameserver /etc/resolv.conf; grep nameserver /etc/resolv.conf'
    const image = await bench.peek(script)
    expect(image).toBe('1\nnameserver 169.254.169.253')
  })

  describe('first boot', () => {
    test('makes host keys and lets the key pair in', async () => {
      expect(await say('plain', 'cd /etc/ssh; ls ssh_host_*_key')).toBe(
        'ssh_host_ecdsa_key\nssh_host_ed25519_key',
      )
      expect(await say('plain', 'cat /home/ec2-user/.ssh/authorized_keys')).toBe(bench.publicKey)
      expect(await say('plain', 'stat -c "%a %U" /home/ec2-user/.ssh/authorized_keys')).toBe('600 ec2-user')
      expect(await say('plain', 'systemctl is-active ssh')).toBe('active')
    })

    test('runs user data once as root, keeps it to itself and logs what it says', async () => {
      expect(await say('plain', 'cat /var/log/cloud-init-output.log')).toMatch(
        /^hello from root\nCloud-init v\. stand-in finished at .*\. Datasource DataSourceEc2\. Up \d+ seconds$/,
      )
      expect(await say('plain', 'stat -Lc %a /var/lib/cloud/instance/user-data.txt')).toBe('600')
      expect(await say('plain', 'cloud-init status --wait')).toMatch(/status: done$/)
    })

    test('is told on the console', async () => {
      const console = await bench.engine('logs', 'plain')
      expect(console).toContain('Welcome to')
      expect(console).toContain('hello from root')
      expect(console).toMatch(/Cloud-init v\. stand-in finished/)
    })

    test('tells Systems Manager with a signature of the role, the token among what is signed', async () => {
      await vi.waitFor(() => expect(calls.plain?.length).toBeGreaterThan(0), 60_000)
      const [call] = calls.plain as Array<{ headers: Record<string, string>; body: string }>
      expect(call?.headers).toMatchObject({
        'x-amz-target': 'AmazonSSM.UpdateInstanceInformation',
        'x-amz-security-token': 'tok/en+==',
        authorization: expect.stringMatching(
          /Credential=ASIAEXAMPLE\/\d{8}\/us-west-2\/ssm\/aws4_request, SignedHeaders=[^,]*x-amz-security-token/,
        ),
      })
      expect(JSON.parse(call?.body ?? '')).toMatchObject({
        InstanceId: 'i-0123456789abcdef0',
        PlatformName: 'Amazon Linux',
        PlatformVersion: expect.stringMatching(/^2023 \(stand-in, Debian 12/),
        IPAddress: '10.20.16.4',
      })
    })
  })

  test('a second boot of the same instance does not run user data again', async () => {
    const { boot } = {
      boot: '/usr/local/lib/local-target/cloud-init.sh && /usr/local/lib/local-target/cloud-final.sh',
    }
    await say('plain', boot)
    expect(await say('plain', 'ls -d /var/lib/ran-* | wc -l')).toBe('1')
  })

  test.each([
    ['fails', '#!/bin/sh\nexit 3\n', 'error', /Failed to run .*part-001 \[3\]/],
    ['packed', gzipSync('#!/bin/sh\necho unpacked\n'), 'done', /^unpacked$/m],
    ['config', '#cloud-config\nruncmd: [reboot]\n', 'error', /kind cloud-config is not run/],
    ['empty', '', 'done', /^Cloud-init v\. stand-in finished/],
  ])('user data: %s', async (name, userData, status, log) => {
    await bench.boot(name, { userData })
    const { stdout, code } = await bench.inside(name, 'cloud-init status --wait')
    expect([stdout.split('\n').at(-1), code]).toEqual([`status: ${status}`, status === 'done' ? 0 : 1])
    expect(await say(name, 'cat /var/log/cloud-init-output.log')).toMatch(log)
    await bench.engine('rm', '-f', '-t', '0', '--ignore', name)
  })

  test('user data that hangs keeps neither ssh nor the agent from starting', async () => {
    const hanging = await bench.boot('hangs', { userData: '#!/bin/sh\nsleep 1000\n', role: 'r' })
    await vi.waitFor(() => expect(hanging.calls.length).toBeGreaterThan(0), 60_000)
    await vi.waitFor(async () => expect(await say('hangs', 'systemctl is-active ssh')).toBe('active'), 60_000)
    expect(await say('hangs', 'cloud-init status')).toBe('status: running')
  })

  // Twenty seconds of it are the machine's own: so long it looks for the service.
  test('without a metadata service it boots all the same', { timeout: 300_000 }, async () => {
    await bench.boot('alone')
    await bench.waitUntilBooted('alone')
    expect(await say('alone', 'systemctl is-active ssh; cloud-init status')).toBe('active\nstatus: done')
  })

  describe('packages', () => {
    const dnf = (args: string) => bench.inside('plain', `dnf -q -y ${args} 2>&1`)

    test('the release that is installed decides what there is', async () => {
      expect(await say('plain', 'rpm -q system-release')).toMatch(new RegExp(`^system-release-${first}-`))
      expect((await dnf('install jq')).stdout).toContain('Unable to find a match: jq')
    })

    test('install checks the signature and the program runs', async () => {
      expect((await dnf('install unzip')).code).toBe(0)
      expect(await say('plain', 'rpm -qi unzip | grep ^Signature')).toMatch(/RSA\/SHA/)
      expect(await say('plain', 'unzip -v | head -1')).toContain('by Debian')
      expect(await say('plain', 'rpm -q unzip')).toContain('standin')
    })

    test('a later release is reached by its name and has more and newer packages', async () => {
      expect((await dnf(`--releasever=${second} install jq git tree`)).code).toBe(0)
      expect(await say('plain', 'jq --version; git --version')).toMatch(/^jq-1\.6\ngit version 2\./)
      expect((await dnf(`--releasever=${second} check-update`)).stdout).toMatch(/system-release.*\n.*unzip/)
    })

    test('a release that never was fails', async () => {
      const { code, stdout } = await dnf('--releasever=2023.1.20230101 install tree')
      expect(code).not.toBe(0)
      expect(stdout).toContain('404')
    })

    test('a package that was tampered with is refused, with its old metadata and with new ones', async () => {
      const mirrors = join(bench.repository, 'core', 'mirrors', first)
      const mirror = join(mirrors, only(mirrors, /./), 'mirror.list')
      const path = /\/core\/guids\/.*/.exec(readFileSync(mirror, 'utf8'))?.[0] ?? ''
      const folder = join(bench.repository, path)
      const tmux = join(folder, 'Packages', only(join(folder, 'Packages'), /^tmux-/))
      const content = readFileSync(tmux)
      writeFileSync(tmux, Buffer.concat([content.subarray(0, -1), Buffer.from('x')]))
      expect((await dnf('install tmux')).stdout).toMatch(/checksum doesn't match|Cannot download/)
      writeFileSync(tmux, content)
      execFileSync('rpmsign', ['--delsign', tmux], { stdio: 'pipe' })
      execFileSync('createrepo_c', ['--quiet', '--no-database', '--simple-md-filenames', folder], {
        stdio: 'pipe',
      })
      const unsigned = await dnf('--refresh install tmux')
      expect(unsigned.code).not.toBe(0)
      expect(unsigned.stdout).toMatch(/not signed|GPG check FAILED/)
    })
  })
})
