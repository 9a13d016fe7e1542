import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { childEnvironment } from '../control/fixture.ts'
import { connectClient } from './client.ts'
// More sessions with the same machine.
import './audit.cases.ts'
import './faults.cases.ts'
import './kept.cases.ts'
import './ports.cases.ts'
import {
  clients,
  command,
  connect,
  fail,
  findAgain,
  id,
  list,
  makeDocument,
  resume,
  room,
  start,
} from './place.ts'

test('a session without a document is a shell of ssm-user, who may become root', async () => {
  const { client, sessionId } = await connect({ Reason: 'looking around' })
  await client.see(/\$ $/)
  client.type('id -un; pwd; echo $TERM $HOME; sudo -n id -un; [ -t 0 ] && echo a terminal\r')
  const [seen] = await client.see(/ssm-user\r\n[\s\S]*a terminal\r\n/)
  expect(seen.split('\r\n').slice(0, 5)).toEqual([
    ...['ssm-user', '/usr/bin', 'xterm-256color /home/ssm-user', 'root', 'a terminal'],
  ])
  expect(await list('Active', sessionId)).toMatchObject({
    ...{ Status: 'Connected', Target: id, Reason: 'looking around', AccessType: 'Standard' },
    Owner: expect.stringContaining('local-operator'),
    DocumentName: 'SSM-SessionManagerRunShell',
  })
  expect(sessionId).toMatch(/^local-operator-[a-z2-7]{25}$/)
  client.type('exit\r')
  expect(await client.end()).toBe('')
  expect(await list('History', sessionId)).toMatchObject({ Status: 'Terminated' })
  expect(await list('Active', sessionId)).toBeUndefined()
}, 240_000)

test('the terminal is as large as the client says, before the prompt and later', async () => {
  const { client } = await connect()
  client.resize(132, 43)
  await client.see(/\$ $/)
  client.type('stty size\r')
  await client.see(/\r\n43 132\r\n/)
  client.resize(90, 30)
  client.type('until [ "$(stty size)" = "30 90" ]; do sleep 0.1; done; stty size\r')
  await client.see(/\r\n30 90\r\n/)
}, 240_000)

test('an interactive command has a terminal, and the session ends with it', async () => {
  const { client } = await connect({
    DocumentName: 'AWS-StartInteractiveCommand',
    Parameters: { command: ['read -p "name? " x; echo "hello $x"; tty'] },
  })
  await client.see(/name\? /)
  client.type('alice\r')
  expect(await client.end()).toBe('')
  expect(client.kept.output.toString()).toMatch(/hello alice\r\n\/dev\/pts\/\d+/)
}, 240_000)

test('a command has its own stderr and exit code when asked for', async () => {
  const line = `sh -c 'echo out; echo "my err" >&2; exit 7'`
  const { client } = await connect(command(line, { separateOutputStream: ['true'] }))
  expect(await client.end()).toBe('')
  expect(client.kept.output.toString()).toBe('out\n')
  expect(client.kept.stderr.toString()).toBe('my err\n')
  expect(client.exitCode()).toBe(7)
}, 240_000)

test('without being asked both streams are one, and there is no exit code', async () => {
  const { client } = await connect(command(`sh -c 'echo out; sleep 0.1; echo err >&2; exit 7'`))
  expect(await client.end()).toBe('')
  expect(client.kept.output.toString()).toBe('out\nerr\n')
  expect(client.exitCode()).toBeUndefined()
}, 240_000)

test('Ctrl-C ends a command that nobody talks with, and there is no shell that would expand words', async () => {
  const separate = { separateOutputStream: ['true'] }
  const running = await connect(command('sleep 600', separate))
  await room.output(id, 'until pgrep -x sleep; do sleep 0.1; done')
  running.client.type('\x03')
  await running.client.end()
  expect(running.client.exitCode()).toBe(130)
  const { client } = await connect(command('echo $HOME | cat', separate))
  await client.end()
  expect(client.kept.output.toString()).toBe('$HOME | cat\n')
}, 240_000)

test('what runs in a terminal is gone when the session is terminated', async () => {
  const { client, sessionId } = await connect()
  await client.see(/\$ $/)
  client.type('sleep 601 & sleep 602\r')
  await room.output(id, 'until pgrep -f "^sleep 602"; do sleep 0.1; done')
  await room.clients.ssm.send(new TerminateSessionCommand({ SessionId: sessionId }))
  expect(await client.end()).toBe('')
  await room.output(id, 'while pgrep -f "^sleep 60[12]"; do sleep 0.1; done')
  expect((await resume(sessionId)).TokenValue).toBeUndefined()
}, 240_000)

test('nothing is lost when the connection is cut again and again, and every byte comes once', async () => {
  const script = `sh -c 'for part in 1 2 3 4 5 6 7 8; do seq 1 10000; sleep 0.25; done'`
  const { client, sessionId } = await connect(command(script, { separateOutputStream: ['true'] }))
  await client.see(/\n/)
  await fail(sessionId, { duplicate: true, reorder: true, cutEvery: 300 })
  for (let cut = 0; cut < 3; cut += 1) {
    await client.until('drop', () => client.drops() > cut)
    // Longer away than the agent waits for its last words while somebody listens.
    if (cut === 2) await new Promise((resolve) => setTimeout(resolve, 3000))
    await client.connect(await resume(sessionId))
  }
  await fail(sessionId, { cutEvery: 0 })
  expect(await client.end()).toBe('')
  const part = Array.from({ length: 10_000 }, (_, index) => `${index + 1}\n`).join('')
  expect(client.kept.output.toString() === part.repeat(8)).toBe(true)
  expect(client.exitCode()).toBe(0)
}, 240_000)

test('who comes with a fresh token takes over; a used one opens nothing', async () => {
  const ticket = await start()
  const client = await connectClient(ticket)
  clients.push(client)
  await client.see(/\$ $/)
  const stranger = await connectClient(ticket)
  clients.push(stranger)
  await stranger.until('refusal', () => stranger.drops() > 0)
  expect(client.drops()).toBe(0)
  await client.connect(await resume(ticket.SessionId as string))
  client.type('echo back again\r')
  await client.see(/\r\nback again\r\n/)
}, 240_000)

test('an upgrade may be unsigned, but not wrongly signed', async () => {
  const { StreamUrl = '' } = await start()
  const Authorization =
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-west-2/ssmmessages/aws4_request, SignedHeaders=host;x-amz-date, Signature=00'
  const socket = new WebSocket(StreamUrl, {
    headers: { Authorization, 'X-Amz-Date': '20260102T030405Z' },
  })
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
    socket.on('open', () => resolve('open'))
    socket.on('error', () => {})
  })
  expect(status).toBe(403)
})

const listener = `python3 -c '
import socket
s = socket.create_server(("127.0.0.1", 7007))
while True:
    c, _ = s.accept()
    while d := c.recv(65536): c.sendall(d[::-1])
    c.close()
'`

test('a port of the guest is reached byte for byte in both directions', async () => {
  await room.output(
    id,
    `setsid ${listener} >/dev/null 2>&1 </dev/null & until ss -ltn | grep -q :7007; do sleep 0.1; done`,
  )
  const { client } = await connect({
    DocumentName: 'AWS-StartSSHSession',
    Parameters: { portNumber: ['7007'] },
  })
  await client.until('handshake', () => client.properties() as object | undefined)
  expect(client.properties()).toEqual({ SessionType: 'Port', Properties: { portNumber: '7007' } })
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256))
  await client.until('end of the handshake', () => client.completed())
  client.type(bytes)
  await client.until('echo', () => client.kept.output.length >= bytes.length)
  expect(client.kept.output.equals(Buffer.from(bytes).reverse())).toBe(true)
}, 240_000)

test('a port where nobody listens is said when the session ends', async () => {
  const closed = await connect({ DocumentName: 'AWS-StartSSHSession', Parameters: { portNumber: ['9'] } })
  expect(await closed.client.end()).toContain('Connection to destination port failed: localhost:9')
  expect(await list('History', closed.sessionId)).toMatchObject({ Status: 'Failed' })
}, 240_000)

test('a document of the account says who one is, what is typed first, and how long', async () => {
  const content = {
    ...{ description: 'shell', sessionType: 'Standard_Stream' },
    inputs: {
      ...{
        runAsEnabled: true,
        runAsDefaultUser: '{{ user }}',
        idleSessionTimeout: '1',
        maxSessionDuration: '1440',
      },
      shellProfile: { linux: 'cd; exec bash --norc' },
    },
    parameters: { user: { type: 'String', default: 'ec2-user', allowedPattern: '^[a-z0-9-]+$' } },
  }
  await makeDocument('Shell', content)
  const { client, sessionId } = await connect({ DocumentName: 'Shell' })
  await client.see(/bash-5.*\$ $/)
  client.type('id -un; pwd\r')
  await client.see(/\rec2-user\r\n\/home\/ec2-user\r\n/)
  expect(await list('Active', sessionId)).toMatchObject({ MaxSessionDuration: '1440' })
  await fail(sessionId, { minute: 300 })
  expect(await client.end()).toContain('idle for 1 minutes')
  const nobody = await connect({ DocumentName: 'Shell', Parameters: { user: ['nobody-here'] } })
  expect(await nobody.client.end()).toContain('RunAs user nobody-here does not exist')
  const root = await connect({ DocumentName: 'Shell', Parameters: { user: ['root'] } })
  expect(await root.client.end()).toContain('root, which is not allowed')
}, 240_000)

test.each([
  ['a machine that is not there', { Target: 'i-00000000000000000' }, 'TargetNotConnected'],
  ['a document that is not there', { DocumentName: 'Nothing' }, 'InvalidDocument'],
  ['a document of commands', { DocumentName: 'AWS-RunShellScript' }, 'InvalidDocument'],
  ['a parameter that the document lacks', { Parameters: { x: ['1'] } }, 'InvalidParameters'],
  ['no command', { DocumentName: 'AWS-StartInteractiveCommand' }, 'InvalidParameters'],
  [
    'a port that is none',
    { DocumentName: 'AWS-StartSSHSession', Parameters: { portNumber: ['65536'] } },
    'InvalidParameters',
  ],
])('%s is refused', async (_what, input, code) => {
  await expect(start(input)).rejects.toMatchObject({ name: code })
})

/** Stands where the official plugin would: the AWS CLI hands it the session and waits for its end. */
const stub = `#!/bin/sh
[ "$1" != --version ] || { echo 1.2.677.0; exit 0; }
printf '%s\\n' "$AWS_SSM_START_SESSION_RESPONSE" "$@"
`

test('the AWS CLI starts sessions, and hands its plugin what it needs to connect', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graviton-plugin-'))
  writeFileSync(join(folder, 'session-manager-plugin'), stub, { mode: 0o755 })
  const env = childEnvironment(room.target)
  const child = spawn('aws', ['ssm', 'start-session', '--target', id, '--reason', 'by hand'], {
    env: { ...env, PATH: `${folder}:${env.PATH}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (text: Buffer) => {
    said += text
  })
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0)
  rmSync(folder, { recursive: true })
  const [response = '', name, region, operation, profile, request = '', endpoint] = said.split('\n')
  expect([name, region, operation, profile, endpoint]).toEqual([
    ...['AWS_SSM_START_SESSION_RESPONSE', 'us-west-2', 'StartSession', '', room.target.endpoint],
  ])
  expect(JSON.parse(request)).toEqual({ Target: id, Reason: 'by hand' })
  const client = await connectClient(JSON.parse(response) as Awaited<ReturnType<typeof start>>)
  clients.push(client)
  await client.see(/\$ $/)
  const { stdout } = await room.aws('ssm', 'describe-sessions', '--state', 'Active', '--output', 'json')
  expect((JSON.parse(stdout) as { Sessions: { Reason?: string }[] }).Sessions[0]?.Reason).toBe('by hand')
}, 240_000)

test('history survives a restart of the gateway, sessions do not', async () => {
  const { client, sessionId } = await connect({ Reason: 'survives' })
  await client.see(/\$ $/)
  process.kill(room.target.pid, 'SIGKILL')
  await client.until('drop', () => client.drops() > 0)
  await findAgain()
  expect(await list('History', sessionId)).toMatchObject({ Status: 'Terminated', Reason: 'survives' })
  const next = await connect()
  await next.client.see(/\$ $/)
}, 240_000)
