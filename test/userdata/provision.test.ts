import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { payloadFolder } from '../../userdata/payload.ts'
import { renderPayload } from '../../userdata/render-payload.ts'
import { provisionSteps, sealSteps, verifyScript } from '../../userdata/steps.ts'
import { type GuestRoom, openGuestRoom } from '../local/guests/fixture.ts'
import { kiroCli, packPayload, readSources, values } from './payload.ts'

/** One machine for all of it, in the order an image is made; what a test breaks it mends. */
let room: GuestRoom
let id: string
const sources = readSources()

const step = (name: string): string => {
  const found = [...provisionSteps, ...sealSteps].find((one) => one.name === name)
  if (found === undefined) throw new Error(`no step ${name}`)
  return `cd ${payloadFolder} && ./${found.script}`
}
const run = (name: string, before = 'true') => room.command(id, `${before}; ${step(name)}`)
const asUser = (command: string) =>
  `runuser -u kiro -- env -i HOME=/home/kiro PATH=/usr/local/bin:/usr/bin:/bin ${command}`

// Seconds on a machine of its own; beside others, dnf alone takes a minute.
vi.setConfig({ testTimeout: 180_000 })

beforeAll(async () => {
  room = await openGuestRoom()
  id = await room.launch()
  await room.online(id)
  const query = `dnf -q --releasever=2023.9.20251110 repoquery --qf '%{name}-%{epoch}:%{version}-%{release}.%{arch}' unzip git jq libevent-core-2.1-7`
  const packages = (await room.output(id, query)).trim().split('\n').sort()
  const payload = packPayload(renderPayload(sources, values(packages)))
  await room.output(
    id,
    `mkdir -p ${payloadFolder} && cd ${payloadFolder} && base64 -d <<'END' | tar -xz\n${payload}\nEND`,
  )
}, 400_000)
afterAll(() => room?.close())

describe('a step that cannot succeed says why in one sentence', () => {
  const edit = (from: string, to: string) => `sed -i "s|${from}|${to}|" ${payloadFolder}/values.env`

  test('unknown release', async () => {
    const ran = await run('packages', edit('2023.9.20251110', '2023.9.20990101'))
    await room.output(id, edit('2023.9.20990101', '2023.9.20251110'))
    expect(ran.ResponseCode).toBe(1)
    expect(ran.StandardErrorContent).toContain('does not know release 2023.9.20990101')
  })

  test('a package that is gone', async () => {
    const list = `${payloadFolder}/packages.txt`
    const ran = await run('packages', `cp ${list} /root/kept; echo 'nothing-0:1.0-1.noarch' >>${list}`)
    await room.output(id, `mv /root/kept ${list}`)
    expect(ran.ResponseCode).toBe(1)
    expect(ran.StandardErrorContent).toContain('has no package nothing-0:1.0-1.noarch')
  })
})

describe('each step twice', () => {
  test.each(provisionSteps.map(({ name }) => name))(
    '%s',
    async (name) => {
      const first = await run(name)
      expect([first.ResponseCode, first.StandardErrorContent]).toEqual([0, expect.any(String)])
      const second = await run(name)
      expect([second.ResponseCode, second.StandardErrorContent]).toEqual([0, expect.any(String)])
    },
    60_000,
  )
})

describe('archives are looked at before they are run', () => {
  const archive = `${payloadFolder}/kiro-cli.archive`
  test('a wrong sum', async () => {
    const ran = await run('kiro-cli', `cp ${archive} /root/kept; echo x >>${archive}`)
    await room.output(id, `mv /root/kept ${archive}`)
    expect(ran.ResponseCode).toBe(1)
    expect(ran.StandardErrorContent).toContain(`the lock says ${kiroCli?.sha256}`)
  })

  /** Runs the step with what `make` makes of the unpacked archive in its folder; then all is as before. */
  const withArchive = (make: string) =>
    room.command(
      id,
      `cd ${payloadFolder} && cp ${archive} values.env /root/ && rm -rf /root/v && mkdir /root/v
       (cd /root/v && unzip -q ${archive} && ${make})
       sum=$(sha256sum <${archive}) && sed -i "s/^kiro_cli_sha256=.*/kiro_cli_sha256='\${sum%% *}'/" values.env
       ./provision/20-kiro-cli.sh; code=$?; mv /root/kiro-cli.archive /root/values.env .
       ls /usr/local/bin | grep kiro-cli; exit $code`,
    )

  test.each([
    [
      'tar.xz',
      `python3 -c 'import sys, tarfile; t = tarfile.open(sys.argv[1], "w:xz"); t.add(sys.argv[2]); t.close()'`,
    ],
    ['tar.gz', 'tar -czf'],
  ])('the three programs of 2.x in a %s are all installed', async (_format, tar) => {
    const ran = await withArchive(
      `cp kirocli/bin/kiro-cli kirocli/bin/kiro-cli-chat && cp kirocli/bin/kiro-cli kirocli/bin/kiro-cli-term && ${tar} ${archive} kirocli`,
    )
    expect([ran.ResponseCode, ran.StandardErrorContent]).toEqual([0, ''])
    expect(ran.StandardOutputContent).toMatch(/\nkiro-cli\nkiro-cli-chat\nkiro-cli-term\n/)
  })

  test.each([
    [
      'a program of another machine',
      String.raw`printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0' >kirocli/bin/kiro-cli-chat && tar -czf`,
      'kirocli',
      'has a kiro-cli-chat that is not built for x86_64',
    ],
    [
      'another version',
      `sed -i s/2.21.4/2.21.40/ kirocli/bin/kiro-cli && tar -czf`,
      'kirocli',
      'says "kiro-cli 2.21.40", the lock says 2.21.4',
    ],
    ['another layout', 'mv kirocli other && tar -czf', 'other', 'has no kirocli/bin/kiro-cli'],
  ])('%s is refused', async (_what, make, folder, sentence) => {
    const ran = await withArchive(`${make} ${archive} ${folder}`)
    expect([ran.ResponseCode, ran.StandardErrorContent]).toEqual([1, expect.stringContaining(sentence)])
  })

  test('half an archive is refused, and the whole one mends what the others left', async () => {
    const ran = await withArchive(`truncate -s 4000 ${archive}`)
    expect([ran.ResponseCode, ran.StandardErrorContent]).toEqual([
      1,
      expect.stringContaining('cannot be unpacked'),
    ])
    const mended = await run('kiro-cli')
    expect([mended.ResponseCode, mended.StandardErrorContent]).toEqual([0, ''])
    expect(await room.output(id, 'ls /usr/local/bin | grep kiro-cli')).toBe('kiro-cli')
  })

  test('programs of another architecture', async () => {
    const values = `${payloadFolder}/values.env`
    const ran = await run('kiro-cli', `sed -i s/x86_64-unknown/aarch64-unknown/ ${values}`)
    await room.output(id, `sed -i s/aarch64-unknown/x86_64-unknown/ ${values}`)
    expect(ran.StandardErrorContent).toContain('is built for x86_64-unknown-linux-musl')
    expect(ran.ResponseCode).toBe(1)
  })
})

describe('first boot', () => {
  const boot = '/usr/local/lib/kiro-sandbox/boot.sh'
  test('fills in whose it is, without a network and with a fraction of a second of work', async () => {
    const script = `export sandbox_user=alice aws_region=us-west-2 account_id=111122223333
      export access_note=$(printf 'what may be read' | base64)
      export agent_start=$(printf '{"officeHours":{"days":["mon"],"from":"00:00","to":"00:01","timeZone":"Etc/UTC","note":"Wait."}}' | base64 -w 0)
      TIMEFORMAT='worked %U %S'; time { unshare --net ${boot} 2>/dev/null || ${boot}; }
      cat /home/kiro/.aws/config; stat -c '%a %U' /home/kiro/.aws/config
      cd /home/kiro/.kiro/steering && cat access.md && stat -c ', %a %U' access.md`
    const out = await room.output(id, `bash 2>&1 <<'END'\n${script}\nEND`)
    // Processor time: on a busy machine the clock says nothing about the script.
    const [, user = 'NaN', system = 'NaN'] = /worked ([\d.]+) ([\d.]+)/.exec(out) ?? []
    expect(Number(user) + Number(system)).toBeLessThan(1)
    expect(out).toContain('role_arn = arn:aws:iam::111122223333:role/kiro-elevated-alice')
    expect(out).toContain('role_session_name = alice')
    expect(out).not.toContain('@')
    expect(out).toContain('600 kiro')
    // Root's, as the rest of the steering: an agent does not rewrite what it is told.
    expect(out).toContain('what may be read, 644 root')
    // As kiro-cli starts it. For one minute of the week it says nothing.
    const hook = `python3 -c 'import json; print(json.load(open("/home/kiro/.kiro/agents/readonly.json"))["hooks"]["agentSpawn"][0]["command"])'`
    const said = await room.output(id, asUser(`bash -c "$(${hook})"`))
    if (new Date().getUTCDay() !== 1 || new Date().getUTCHours() > 0)
      expect(said).toBe('It is outside office hours (mon 00:00 to 00:01 Etc/UTC). Wait.')
    expect(await room.output(id, 'cat /etc/hostname /etc/motd.d/kiro-sandbox')).toMatch(
      /^kiro-sandbox-alice\nSandbox of alice in us-west-2/,
    )
  })

  test('follows no link that the sandbox user has put in its way', async () => {
    const again = `sandbox_user=alice aws_region=us-west-2 account_id=111122223333 access_note=$(printf again | base64) ${boot}`
    const guard = '/usr/local/lib/kiro-sandbox/guard.py'
    const out = await room.output(
      id,
      `sha256sum ${guard} >/tmp/before
      ${asUser(`bash -c 'cd ~/.aws && rm config && ln -s ${guard} config && ln -s ${guard} config.draft'`)}
      ${again} >/dev/null && sha256sum --quiet -c /tmp/before && stat -c '%F %U' /home/kiro/.aws/config
      rm /home/kiro/.aws/config.draft`,
    )
    expect(out).toBe('regular file kiro')
    const moved = await room.command(
      id,
      `${asUser("bash -c 'cd ~ && mv .kiro away && mkdir -p .kiro/steering && ln -s /etc/motd .kiro/steering/access.md'")}
      sha256sum /etc/motd >/tmp/before; ${again}; code=$?
      sha256sum --quiet -c /tmp/before || code=9
      ${asUser("bash -c 'cd ~ && rm -r .kiro && mv away .kiro'")}; exit $code`,
    )
    expect(moved.StandardErrorContent).toContain('.kiro/steering is not the folder that the image made')
    expect(moved.ResponseCode).toBe(1)
  })

  test('refuses values that are none', async () => {
    const ran = await room.command(
      id,
      `sandbox_user='a;b' aws_region=us-west-2 account_id=111122223333 ${boot}`,
    )
    expect(ran.ResponseCode).toBe(1)
    expect(ran.StandardErrorContent).toContain("'a;b'")
  })
})

describe('the sandbox user', () => {
  test('cannot replace agents and guard, but keeps its own settings', async () => {
    const tries = [
      'touch /home/kiro/.kiro/agents/readonly.json',
      'mv /home/kiro/.kiro/agents /home/kiro/.kiro/old',
      'rm -f /home/kiro/.kiro/agents/readonly.json',
      'touch /usr/local/lib/kiro-sandbox/guard.py',
      'rm -f /home/kiro/.kiro/settings/permissions.yaml',
      'sudo -n true',
    ].map((one) => asUser(`bash -c '${one}' 2>/dev/null && echo 'could: ${one}'`))
    expect(await room.output(id, `${tries.join('\n')}\ntrue`)).toBe('')
    expect(await room.output(id, asUser('kiro-cli settings telemetry.enabled'))).toContain('false')
  })

  test('starts an agent that is known, unless this folder replaces it', async () => {
    const ran = await room.command(
      id,
      asUser(
        "bash -c 'mkdir -p ~/p/.kiro/agents; echo {} >~/p/.kiro/agents/readonly.json; cd ~/p && kiro-ro'",
      ),
    )
    expect(ran.ResponseCode).toBe(3)
    expect(ran.StandardErrorContent).toContain('/home/kiro/p/.kiro/agents/readonly.json replaces')
    const named = await room.command(
      id,
      asUser(
        `bash -c 'mv ~/p/.kiro/agents/readonly.json ~/p/.kiro/agents/helper.json; echo "{\\"name\\":\\"readonly\\"}" >~/p/.kiro/agents/helper.json; cd ~/p && kiro-sandbox agents check'`,
      ),
    )
    expect([named.ResponseCode, named.StandardErrorContent]).toEqual([
      3,
      expect.stringContaining('/helper.json replaces'),
    ])
    for (const option of ['--resume-picker', '--agent elevated', '--v3']) {
      const other = await room.command(id, asUser(`bash -c 'cd ~; kiro-ro ${option}'`))
      expect([option, other.ResponseCode]).toEqual([option, 2])
    }
    const out = await room.command(id, asUser("bash -c 'rm -rf ~/p; cd; kiro-ro --no-interactive hello'"))
    expect(out.StandardErrorContent).toContain('not logged in')
  })
})

describe('a chat goes on only with the agent it was begun with', () => {
  const chats = '/home/kiro/.kiro/sessions/cli'
  const keep = (name: string, agent: string) =>
    `echo '{"cwd":"/home/kiro","session_state":{"agent_name":"${agent}"}}' >${chats}/${name}.json`
  const inHome = (command: string) => asUser(`bash -c 'cd ~ && ${command}'`)

  test('and none that cannot be read', async () => {
    await room.output(
      id,
      `mkdir -p ${chats}; ${keep('11-ro', 'readonly')}; ${keep('22-rw', 'elevated')}; echo broken >${chats}/33-bad.json; chown -R kiro /home/kiro/.kiro/sessions`,
    )
    const ask = (command: string) => room.command(id, inHome(command))
    // Nobody is logged in, so kiro-cli itself ends with 1: it was reached.
    const codes = [
      ['kiro-ro --no-interactive --resume-id 11-ro x', 1],
      ['kiro-rw --no-interactive --resume-id=22-rw x', 1],
      ['kiro-ro --no-interactive --resume x', 1],
      ['kiro-ro --resume-id 22-rw', 2],
      ['kiro-rw --resume-id 11-ro', 2],
      ['kiro-ro --resume-id 33-bad', 2],
      ['kiro-ro --resume-id ../../settings/cli', 2],
    ] as const
    for (const [command, code] of codes) {
      const ran = await ask(command)
      expect([command, ran.ResponseCode, ran.StandardErrorContent]).toEqual([
        command,
        code,
        expect.any(String),
      ])
    }
    await room.output(id, `rm -r ${chats}`)
    expect((await ask('kiro-ro --resume')).ResponseCode).toBe(2)
  })
})

describe('kiro-cli of the stand-in', () => {
  const inTerminal = (command: string) => asUser(`script -qec "${command}" /dev/null`)

  test('logs in to Identity Center although there is no terminal', async () => {
    const out = await room.output(
      id,
      asUser('kiro-sandbox-login pro https://example.awsapps.com/start us-east-1 </dev/null'),
    )
    expect(out).toContain('Enter Start URL')
    expect(out).toMatch(/Open this URL: https:\/\/example\.awsapps\.com\/start\/#\/device\?user_code=/)
    expect(await room.output(id, asUser('kiro-cli whoami'))).toContain(
      'Logged in with IAM Identity Center (https://example.awsapps.com/start)',
    )
    expect(await room.output(id, asUser('kiro-sandbox status --json'))).toContain('"loggedIn":true')
    await room.output(id, asUser('kiro-cli logout'))
    expect(await room.output(id, asUser('kiro-sandbox status --json'))).toContain('"loggedIn":false')
    const wrong = await room.command(id, asUser("kiro-sandbox-login 'free;id'"))
    expect([wrong.ResponseCode, wrong.StandardErrorContent]).toEqual([
      2,
      expect.stringContaining('"free;id"'),
    ])
  })

  test('may show a code and no link', async () => {
    const out = await room.output(
      id,
      asUser(`env KIRO_STAND_IN_LOGIN='silent 0.2' script -qec kiro-sandbox-login /dev/null`),
    )
    expect(out).toContain('Code: ')
    expect(out).not.toContain('Open this URL')
    await room.output(id, asUser('kiro-cli logout'))
  })

  test('logs in by device flow, shows link and code, and keeps its state private', async () => {
    const before = await room.command(id, asUser('kiro-cli whoami </dev/null'))
    expect([before.ResponseCode, before.StandardOutputContent]).toEqual([1, 'Not logged in\n'])
    const out = await room.output(id, inTerminal('kiro-sandbox-login free none none'))
    expect(out).toMatch(/Code: [A-Z]{4}-[A-Z]{4}/)
    expect(out).toMatch(/Open this URL: https:\/\/view\.awsapps\.com\/start\/#\/device\?user_code=/)
    expect(out).toContain('Logged in successfully')
    expect(await room.output(id, asUser('kiro-cli whoami'))).toContain('Logged in with Builder ID')
    expect(await room.output(id, 'stat -c %a /home/kiro/.local/share/kiro-cli/data.sqlite3')).toBe('600')
    const again = await room.command(id, inTerminal('kiro-sandbox-login'))
    expect(again.StandardOutputContent).toContain('Already logged in')
    expect(await room.output(id, asUser('kiro-ro --no-interactive hello'))).toContain('[readonly] hello')
    await room.output(id, asUser('kiro-cli logout'))
  })

  test.each([
    ['refused', 'AccessDeniedException'],
    ['expired', 'ExpiredTokenException'],
  ])('%s', async (ending, text) => {
    const ran = await room.command(
      id,
      `echo '${ending} 0.2' >/home/kiro/.kiro-stand-in-login; chmod 644 /home/kiro/.kiro-stand-in-login; ${inTerminal('kiro-sandbox-login')}`,
    )
    await room.output(id, 'rm /home/kiro/.kiro-stand-in-login')
    expect(ran.ResponseCode).toBe(1)
    expect(ran.StandardOutputContent).toContain(text)
  })
})

test('sealed, the machine knows nothing of itself any more', async () => {
  expect(await room.output(id, step('seal'))).toContain('sealed')
  const left = await room.output(
    id,
    `ls /etc/ssh/ssh_host_* ${payloadFolder} /home/kiro/.local/share/kiro-cli /var/lib/cloud/instances 2>/dev/null; wc -c </etc/machine-id`,
  )
  expect(left.trim()).toBe('0')
})

test('a machine that boots from it passes every check', async () => {
  const { ImageId } = JSON.parse(
    (await room.aws('ec2', 'create-image', '--instance-id', id, '--name', 'golden')).stdout,
  )
  await expect
    .poll(
      async () =>
        JSON.parse((await room.aws('ec2', 'describe-images', '--image-ids', ImageId)).stdout).Images[0].State,
      {
        timeout: 120_000,
      },
    )
    .toBe('available')
  const next = await room.launch({ ImageId, MetadataOptions: { HttpTokens: 'required' } })
  await room.online(next)
  const report = JSON.parse(await room.output(next, sources.get(verifyScript) ?? ''))
  expect(report.checks.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([])
  expect(report.checks.length).toBeGreaterThan(15)
  expect(report.notChecked).toEqual([
    { name: 'swap is active', reason: expect.stringContaining('container') },
  ])

  // And it would say so if one did not hold.
  const spoiled = `echo x >>/usr/local/lib/kiro-sandbox/guard.py; echo k >/root/.bash_history; rm /etc/ssh/sshd_config.d/40-kiro-sandbox.conf`
  await room.output(next, spoiled)
  const bad = JSON.parse(await room.output(next, sources.get(verifyScript) ?? ''))
  expect(
    bad.checks.filter(({ ok }: { ok: boolean }) => !ok).map(({ name }: { name: string }) => name),
  ).toEqual([
    'files are those of the manifest',
    'the guard refuses the elevated profile',
    'no keys, histories or tokens',
    'sshd takes keys only, no root',
  ])
}, 240_000)
