import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StopInstancesCommand } from '@aws-sdk/client-ec2'
import { DescribeSessionsCommand, TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { root } from '../local/control/fixture.ts'
import { freePort } from '../ssh-proxy/free-port.ts'
import { openSandbox, type Sandbox } from './sandbox.ts'
import { openTerminal, type Terminal } from './terminal.ts'

let sandbox: Sandbox
const terminals: Terminal[] = []
beforeAll(async () => {
  sandbox = await openSandbox()
}, 400_000)
afterAll(() => sandbox?.room.close())
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close()
})

const argv = (args: readonly string[]) => [
  ...[join(root, 'scripts', 'launch.mjs'), 'ssm:connect', '--user', 'alice', ...args],
]
const sit = (...args: string[]): Terminal => {
  const terminal = openTerminal([process.execPath, ...argv([...args, '--no-browser'])], sandbox.env)
  terminals.push(terminal)
  return terminal
}
const begin = (...args: string[]) => spawn(process.execPath, argv(args), { env: sandbox.env })
const run = async (args: readonly string[], input = '', env = sandbox.env) => {
  const child = spawn(process.execPath, argv(args), { env })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data: Buffer) => {
    stdout += data
  })
  child.stderr.on('data', (data: Buffer) => {
    stderr += data
  })
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}
const active = async () => {
  const { ssm } = sandbox.room.clients
  return (await ssm.send(new DescribeSessionsCommand({ State: 'Active' }))).Sessions ?? []
}
const otherScreen = (letter: 'h' | 'l') => new RegExp(`\u001b\\[\\?1049${letter}`)
const outcome = (text: string) =>
  sandbox.run(`umask 022; echo '${text}' >/home/kiro/.kiro-stand-in-login; rm -rf /home/kiro/.local`)

test('a command runs with bash as the sandbox user, at home, and its exit code is ours', async () => {
  const line = `echo "$(id -un) $PWD" | tr a-z A-Z; echo "it's an error" >&2; exit 42`
  const { code, stdout, stderr } = await run(['--command', line])
  expect({ code, stdout }).toEqual({ code: 42, stdout: 'KIRO /HOME/KIRO\n' })
  expect(stderr).toMatch(/✓ Session \(\d+\.\ds\)/)
  expect(stderr).toContain("it's an error\n")
}, 240_000)

test('a reader that goes away ends the session', async () => {
  const child = begin('--command', 'yes')
  await once(child.stdout, 'data')
  child.stdout.destroy()
  await once(child, 'close')
  expect(await active()).toEqual([])
  await sandbox.run('while pgrep -x yes; do sleep 0.1; done')
}, 240_000)

test.each([
  ['refused', 'the login was refused in the browser'],
  ['expired', 'the code has expired before anybody approved the login'],
])(
  'a login that was %s says so',
  async (how, sentence) => {
    await outcome(`${how} 0.3`)
    const terminal = sit('--login-only')
    await terminal.see(new RegExp(sentence))
    expect(await terminal.ended).toEqual({ code: 1, restored: true })
  },
  240_000,
)

test('without a link kiro-cli gives, the link is made from the code; then Kiro starts with its agent', async () => {
  await outcome('silent 6')
  const terminal = sit()
  const link = await terminal.see(
    /https:\/\/view\.awsapps\.com\/start\/#\/device\?user_code=[A-Z]{4}-[A-Z]{4}/,
  )
  const code = link.slice(-9)
  await terminal.see(new RegExp([...code].join(' ')))
  await terminal.see(/✓ Login of Kiro/)
  await terminal.see(/\[readonly\] > /)
  terminal.type('hello\r')
  await terminal.see(/echo: hello/)
  terminal.type('/quit\r')
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
  expect(terminal.shown()).not.toContain('7379')
}, 240_000)

test('the exit code of what stands before the agent is ours', async () => {
  const file = '/home/kiro/.kiro/agents/elevated.json'
  await sandbox.run(`mv ${file} ${file}.away`)
  const terminal = sit('--agent', 'elevated')
  await terminal.see(/elevated.json is not the agent/)
  expect(await terminal.ended).toEqual({ code: 3, restored: true })
  await sandbox.run(`mv ${file}.away ${file}`)
}, 240_000)

test('a shell: sizes, every key, a full screen, and the way out', async () => {
  const terminal = sit('--shell')
  await terminal.see(/\$ [\s\S]*\$ $/)
  terminal.type('stty size\r')
  await terminal.see(/\r24 80\r/)
  terminal.resize(132, 43)
  terminal.type('until [ "$(stty size)" = "43 132" ]; do sleep 0.1; done; stty size\r')
  await terminal.see(/\r43 132\r/)
  // Bytes as they are: a new line stays one, 8 bits stay 8, and keys that mean a signal here are for the other side.
  terminal.type(
    "stty raw -echo; printf 'as %s' 'they are'; dd bs=1 count=7 2>/dev/null | od -An -tx1; stty sane\r",
  )
  await terminal.see(/as they are/)
  terminal.type(Buffer.from([0x0a, 0x0d, 0x03, 0x1a, 0x1c, 0xff, 0xc3]))
  await terminal.see(/0a 0d 03 1a 1c ff c3/)
  terminal.type('exit\r')
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
}, 240_000)

test('a shell opens beside the question for the login, and is given up for a login', async () => {
  await outcome('approved 0.5')
  const terminal = sit('--shell')
  await terminal.see(/✓ Login of Kiro[\s\S]*\$ $/)
  // The one that had opened meanwhile has shown nothing, and is over on the other side too.
  expect(terminal.shown().match(/exec bash -l/g)).toHaveLength(1)
  expect(await active()).toHaveLength(1)
  terminal.type('exit\r')
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
  expect(await active()).toEqual([])
}, 240_000)

test('a shell opens although kiro-cli does not work, and says so before', async () => {
  await sandbox.run('mv /usr/local/bin/kiro-cli /usr/local/bin/kiro-cli.away')
  const terminal = sit('--shell')
  await terminal.see(/! kiro-cli does not work on i-[0-9a-f]+: [\s\S]*\$ $/)
  terminal.type('exit\r')
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
  await sandbox.run('mv /usr/local/bin/kiro-cli.away /usr/local/bin/kiro-cli')
}, 240_000)

test('vim follows the size of the window, and keeps what is typed', async () => {
  const terminal = sit('--shell')
  await terminal.see(/\$ [\s\S]*\$ $/)
  terminal.type('vim /tmp/notes\r')
  await terminal.see(otherScreen('h'))
  await terminal.see(/\[New\]/)
  terminal.type(':set lines? columns?\r')
  await terminal.see(/lines=24[\s\S]*columns=80/)
  terminal.type('\r')
  terminal.resize(100, 33)
  // The row above the last, which the window had not before, is drawn.
  await terminal.see(/\[32;1H/)
  terminal.type('\u001bithird row: Grüße, 世界\u001b:set lines? columns?\r')
  await terminal.see(/lines=33[\s\S]*columns=100/)
  terminal.type('\r\u001b:wq\r')
  await terminal.see(otherScreen('l'))
  terminal.type('exit\r')
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
  expect(await sandbox.run('cat /tmp/notes')).toBe('third row: Grüße, 世界')
}, 240_000)

/** Makes a bug of a signal, for a program that has none to offer. */
const bug = `process.on('SIGUSR2', () => { throw new Error('a bug') })`

test.each([
  ['kill -TERM', 15, 130],
  ['a terminal that is closed (HUP)', 1, 130],
  ['a bug that nobody catches', 12, 1],
])(
  'after %s in the middle of a full screen the terminal is as it was',
  async (_what, signal, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'graviton-bug-'))
    writeFileSync(join(folder, 'bug.cjs'), bug)
    const terminal = openTerminal([process.execPath, ...argv(['--shell', '--no-browser'])], {
      ...sandbox.env,
      NODE_OPTIONS: `--require ${join(folder, 'bug.cjs')}`,
    })
    terminals.push(terminal)
    await terminal.see(/\$ [\s\S]*\$ $/)
    // A shell with job control would not hear of it while something runs in its foreground.
    const program = 'trap "stty size" WINCH; printf "\\033[?1049h\\033[?25l"; while :; do sleep 0.1; done'
    terminal.type(`bash -c '${program}'\r`)
    await terminal.see(otherScreen('h'))
    terminal.resize(100, 33)
    await terminal.see(/33 100/)
    terminal.signal(signal)
    expect(await terminal.ended).toEqual({ code, restored: true })
    rmSync(folder, { recursive: true })
    await terminal.see(otherScreen('l'))
    expect(terminal.shown()).toContain('\u001b[?25h')
    expect(await active()).toEqual([])
  },
  240_000,
)

test('what is typed into a pipe is read to its end, and all of the answer comes', async () => {
  const { code, stdout } = await run(['--shell'], 'echo $((6 * 7))\n')
  expect(stdout).toContain('\r42\r\n')
  expect(code).toBe(0)
}, 240_000)

test('a forward serves until Ctrl-C', async () => {
  await sandbox.run(
    'cd /tmp && echo "from the sandbox" >index.html && setsid python3 -m http.server 3000 >/dev/null 2>&1 </dev/null & until ss -ltn | grep -q :3000; do sleep 0.1; done',
  )
  const [port, other] = [await freePort(), await freePort()]
  const child = begin('--forward', `${port}:localhost:3000`)
  let said = ''
  child.stderr.on('data', (data: Buffer) => {
    said += data
  })
  while (!said.includes('leads to')) await once(child.stderr, 'data')
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('from the sandbox\n')
  // One of the two could serve; it must not go on alone, and neither may its session.
  const before = (await active()).map(({ SessionId }) => SessionId)
  const taken = await run(['--forward', `${other}:localhost:3000`, '--forward', `${port}:localhost:3000`])
  expect(taken.code).toBe(1)
  expect(taken.stderr).toContain(`cannot listen on 127.0.0.1:${port}: EADDRINUSE`)
  expect(before).not.toEqual([])
  expect((await active()).filter(({ SessionId }) => !before.includes(SessionId))).toEqual([])
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([0, null])
  expect(await active()).toEqual([])
  const socket = dial(port, '127.0.0.1')
  await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED')
}, 240_000)

test('a fault of ours shows itself and leaves no session behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graviton-fault-'))
  const fault = join(folder, 'fault.cjs')
  writeFileSync(fault, "process.on('SIGUSR2', () => setImmediate(() => { throw new Error('a fault') }))")
  const faulty = { ...sandbox.env, NODE_OPTIONS: `--require ${fault}` }
  const child = spawn(process.execPath, argv(['--forward', `${await freePort()}:localhost:3000`]), {
    env: faulty,
  })
  let said = ''
  child.stderr.on('data', (data: Buffer) => {
    said += data
  })
  while (!said.includes('leads to')) await once(child.stderr, 'data')
  child.kill('SIGUSR2')
  expect(await once(child, 'close')).toEqual([1, null])
  rmSync(folder, { recursive: true })
  expect(said).toMatch(/^bug: Error: a fault\n\s+at Immediate/m)
  expect(await active()).toEqual([])
}, 240_000)

/** Stands where the official plugin would. */
const stub = `#!/bin/sh
printf '%s\\n' "$AWS_SSM_START_SESSION_RESPONSE" "$@"
exit 5
`

test('--plugin hands over what the plugin needs, and without one says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graviton-plugin-'))
  writeFileSync(join(folder, 'session-manager-plugin'), stub, { mode: 0o755 })
  const env = { ...sandbox.env, PATH: `${folder}:${sandbox.env.PATH}` }
  const { code, stdout } = await run(['--shell', '--plugin'], '', env)
  rmSync(folder, { recursive: true })
  const [response = '', ...args] = stdout.split('\n')
  const { SessionId } = JSON.parse(response) as { SessionId: string }
  expect(code).toBe(5)
  expect(args.slice(0, 5)).toEqual([
    ...['AWS_SSM_START_SESSION_RESPONSE', 'us-west-2', 'StartSession', ''],
    JSON.stringify({ Target: sandbox.instanceId }),
  ])
  await sandbox.room.clients.ssm.send(new TerminateSessionCommand({ SessionId }))
  const without = await run(['--shell', '--plugin'])
  expect(without.code).toBe(1)
  expect(without.stderr).toContain('there is no session-manager-plugin on PATH')
  expect(await active()).toEqual([])
}, 240_000)

test('a stopped sandbox is started first', async () => {
  const { ec2 } = sandbox.room.clients
  await ec2.send(new StopInstancesCommand({ InstanceIds: [sandbox.instanceId] }))
  await sandbox.room.waitForState(sandbox.instanceId, 'stopped')
  const { code, stdout, stderr } = await run(['--command', 'echo back'])
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'back\n' })
  expect(stderr).toContain(`✓ Start ${sandbox.instanceId}`)
}, 240_000)

test('without a terminal nobody can log in, and that is said', async () => {
  await outcome('approved')
  const { code, stderr } = await run([])
  expect(code).toBe(1)
  expect(stderr).toContain('Kiro is not logged in on the sandbox of alice')
}, 240_000)
