import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { openPlace, type Place } from '../ssh-proxy/place.ts'
import type { Lab } from './lab.ts'
import { planLeast, type Spent } from './processor.ts'
import { median, planRatio, planRow, type Row } from './row.ts'
import { findGuest, type Transfer, transferBySsh } from './ssh-transfer.ts'
import { rotate } from './timed.ts'

const group = 'ssh'
const bytes = 400_000_000
/** What ssh takes when nobody asks for another one, and what costs it least. */
const ciphers = ['chacha20-poly1305@openssh.com', 'aes128-gcm@openssh.com']

/** The same client and the same sshd, in the guest's own network: nothing of ours between them. */
const planRaw = (place: Place, pid: string): string[] => [
  ...['nsenter', '-t', pid, ...(process.getuid?.() === 0 ? [] : ['-U', '--preserve-credentials']), '-n'],
  ...['ssh', '-F', place.config, '-o', 'ProxyCommand=none', '-o', 'HostName=127.0.0.1'],
]
const planOurs = (place: Place): string[] => ['ssh', '-F', place.config]

/** Seconds until the first byte of what runs there is here. */
const firstByte = async (place: Place, argv: readonly string[]): Promise<number> => {
  const [command = '', ...args] = [...argv, 'sandbox-alice', 'echo there']
  const began = performance.now()
  const child = spawn(command, args, { env: place.env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [, seconds] = await Promise.all([
    once(child, 'close'),
    once(child.stdout, 'data').then(() => (performance.now() - began) / 1000),
  ])
  return seconds
}

const roles = ['ssh', 'ssh:proxy', 'gateway', 'sshd'] as const

/** Where the time goes, whatever else this machine does, and the ratio that follows from it where nobody else wants it. */
const planProcessor = (what: string, ours: readonly Transfer[], raw: readonly Transfer[]): Row[] => {
  const of = (transfers: readonly Transfer[], role: string) =>
    transfers.map(({ processor }) => processor[role] ?? 0)
  const row = (role: string, way: string, transfers: readonly Transfer[]) =>
    planRow({ group, what: `${what}: processor for 1 MB, ${role}${way}`, unit: 'ms' }, of(transfers, role))
  const middle = (transfers: readonly Transfer[]): Spent =>
    Object.fromEntries(roles.map((role) => [role, median(of(transfers, role))]))
  const ratio = (cores: number) => planLeast(middle(ours), cores) / planLeast(middle(raw), cores)
  const least = (cores: number): Row => ({
    group,
    what: `${what}: ours to raw by processor time alone, ${cores} cores`,
    unit: 'x',
    value: ratio(cores),
  })
  return [
    ...roles.map((role) => row(role, '', ours)),
    ...['ssh', 'sshd'].map((role) => row(role, ', raw loopback', raw)),
    ...[2, 4].map(least),
  ]
}

const contestTransfers = async (
  rounds: number,
  what: string,
  ours: () => Promise<Transfer>,
  raw: () => Promise<Transfer>,
): Promise<Row[]> => {
  const transfers: Record<'ours' | 'raw', Transfer[]> = { ours: [], raw: [] }
  const keep = (name: 'ours' | 'raw', run: () => Promise<Transfer>) => async () => {
    const transfer = await run()
    transfers[name].push(transfer)
    return transfer.seconds
  }
  const samples = await rotate(rounds, { ours: keep('ours', ours), raw: keep('raw', raw) })
  return [
    planRow({ group, what: `${what}, through ssh:proxy`, unit: 's' }, samples.ours),
    planRow({ group, what: `${what}, raw loopback`, unit: 's' }, samples.raw),
    // 70 % of the throughput is 1.43 times the time.
    planRatio({ group, what: `${what}: ours to raw`, target: 1.43 }, samples.ours, samples.raw),
    ...planProcessor(what, transfers.ours, transfers.raw),
  ]
}

const contest = async (place: Place, runs: number): Promise<Row[]> => {
  const key = readFileSync(`${place.folder}/id.pub`, 'utf8').trim()
  await place.run(
    `install -d -m 700 -o kiro -g kiro /home/kiro/.ssh; echo '${key}' >/home/kiro/.ssh/authorized_keys; chown kiro: /home/kiro/.ssh/authorized_keys`,
  )
  const machine = await place.run('cat /etc/machine-id')
  const [ours, raw] = [planOurs(place), planRaw(place, String(findGuest(machine)))]
  // The bundle is made and the way is found by the first one.
  await firstByte(place, ours)
  const starts = await rotate(Math.max(runs, 11), {
    ours: () => firstByte(place, ours),
    raw: () => firstByte(place, raw),
  })
  const added = median(starts.ours) - median(starts.raw)
  const bulks: Row[] = []
  for (const cipher of ciphers)
    for (const direction of ['down', 'up'] as const) {
      const run = (argv: readonly string[]) => () =>
        transferBySsh(place, machine, [...argv, '-c', cipher], direction, bytes)
      const what = `${bytes / 1e6} MB ${direction}, ${cipher.split('@')[0]}`
      bulks.push(...(await contestTransfers(Math.max(runs, 5), what, run(ours), run(raw))))
    }
  return [
    planRow({ group, what: 'first byte of a command, through ssh:proxy', unit: 's' }, starts.ours),
    planRow({ group, what: 'first byte of a command, raw loopback to the same sshd', unit: 's' }, starts.raw),
    {
      group,
      what: 'first byte: what ssh:proxy adds',
      unit: 's',
      value: added,
      target: 0.3,
      count: starts.ours.length,
    },
    ...bulks,
  ]
}

/** One machine, and the way ssh takes to it beside the shortest there is. */
export const benchSsh = async (_lab: Lab, runs: number): Promise<Row[]> => {
  const place = await openPlace()
  try {
    return await contest(place, runs)
  } finally {
    await place.close()
  }
}
