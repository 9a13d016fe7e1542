import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSandbox, type Sandbox } from '../connect-command/sandbox.ts'
import { openTerminal } from '../connect-command/terminal.ts'
import { root } from '../e2e/cli.ts'
import { measureEcho } from './echo.ts'
import { findFreePort, openForwarder } from './forwarder.ts'
import type { Lab } from './lab.ts'
import { median, planRow, type Row } from './row.ts'
import { transfer } from './transfer.ts'

const group = 'connect'
const remotePort = 7070
const rounds = 3
const megabyte = 1e6
/** Each way and round, so that one client moves a gigabyte and more. */
const ours = 170 * megabyte
/** The plugin takes ten seconds for this. */
const theirs = 8 * megabyte
/** What the official client was measured with where it is not at hand, in MB/s. */
const officialUpload = 0.8

const argvOf = (...args: string[]): string[] => [
  ...[process.execPath, join(root, 'scripts', 'launch.mjs'), 'ssm:connect', '--user', 'alice', ...args],
]

const startPump = async (sandbox: Sandbox): Promise<void> => {
  const program = readFileSync(join(import.meta.dirname, 'pump.py'), 'utf8')
  await sandbox.run(
    `cat >/tmp/pump.py <<'END'\n${program}END
setsid python3 /tmp/pump.py ${remotePort} >/dev/null 2>&1 </dev/null & until ss -ltn | grep -q :${remotePort}; do sleep 0.1; done`,
  )
}

interface Rates {
  readonly up: readonly number[]
  readonly down: readonly number[]
  readonly peak: number
}

const measureForward = async (
  { env }: Sandbox,
  bytes: number,
  ready: RegExp,
  extra: readonly string[],
): Promise<Rates> => {
  const port = await findFreePort()
  const argv = argvOf('--forward', `${port}:localhost:${remotePort}`, ...extra)
  const forwarder = await openForwarder(argv, env, port, ready)
  const rates = { up: [] as number[], down: [] as number[] }
  try {
    for (let round = 0; round < rounds; round += 1) {
      rates.up.push(await transfer(port, 'take', bytes))
      rates.down.push(await transfer(port, 'give', bytes))
    }
    return { ...rates, peak: forwarder.peak() }
  } finally {
    await forwarder.close()
  }
}

/** The official client, behind the same command and the same gateway. */
const measurePlugin = (sandbox: Sandbox): Promise<Rates> | undefined =>
  spawnSync('session-manager-plugin', ['--version']).status === 0
    ? measureForward(sandbox, theirs, /Waiting for connections/, ['--plugin'])
    : undefined

const logIn = async (sandbox: Sandbox): Promise<void> => {
  await sandbox.run("umask 022; echo 'approved' >/home/kiro/.kiro-stand-in-login")
  const terminal = openTerminal(argvOf('--login-only', '--no-browser'), sandbox.env)
  const { code } = await terminal.ended
  if (code !== 0) throw new Error(`the login has failed: ${terminal.shown()}`)
}

/** Seconds from the command to a shell that waits for a person. */
const measurePrompt = async (sandbox: Sandbox): Promise<number> => {
  const began = performance.now()
  const terminal = openTerminal(argvOf('--shell'), sandbox.env)
  await terminal.see(/\$ $/)
  const seconds = (performance.now() - began) / 1000
  terminal.type('exit\r')
  await terminal.ended
  return seconds
}

const planUpload = (own: Rates, official: Rates | undefined): Row[] => {
  if (official === undefined)
    return [
      {
        ...{
          group,
          what: `upload to the ${officialUpload} MB/s of the official client`,
          unit: 'x',
          least: 25,
        },
        value: median(own.up) / officialUpload,
      },
    ]
  return [
    planRow({ group, what: 'upload, session-manager-plugin', unit: 'MB/s' }, official.up),
    planRow({ group, what: 'download, session-manager-plugin', unit: 'MB/s' }, official.down),
    {
      group,
      what: 'upload to the plugin',
      unit: 'x',
      least: 25,
      value: median(own.up) / median(official.up),
    },
  ]
}

const contest = async (sandbox: Sandbox, runs: number): Promise<Row[]> => {
  await startPump(sandbox)
  await logIn(sandbox)
  const own = await measureForward(sandbox, ours, /leads to/, [])
  const official = await measurePlugin(sandbox)
  await sleep(1000)
  const echoes = await measureEcho(sandbox.room, sandbox.instanceId)
  const prompts: number[] = []
  for (let run = 0; run < Math.max(runs, 5); run += 1) prompts.push(await measurePrompt(sandbox))
  return [
    planRow({ group, what: 'forward, upload', unit: 'MB/s', least: 20 }, own.up),
    planRow({ group, what: 'forward, download', unit: 'MB/s', least: 20 }, own.down),
    ...planUpload(own, official),
    {
      ...{ group, what: 'memory of the client after a gigabyte, at most', unit: 'MB', target: 120 },
      value: own.peak,
    },
    planRow({ group, what: 'keystroke to its echo', unit: 'ms', target: 5 }, echoes),
    planRow({ group, what: '`ssm:connect --shell` to the prompt', unit: 's', target: 1 }, prompts),
  ]
}

/** One machine, one gateway; the clients are processes of their own, as people have them. */
export const benchConnect = async (_lab: Lab, runs: number): Promise<Row[]> => {
  const sandbox = await openSandbox()
  try {
    return await contest(sandbox, runs)
  } finally {
    await sandbox.room.close()
  }
}
