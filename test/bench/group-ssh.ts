import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { openPlace, type Place } from '../ssh-proxy/place.ts'
import type { Lab } from './lab.ts'
import { median, planRatio, planRow, type Row } from './row.ts'
import { rotate } from './timed.ts'

const group = 'ssh'
const bytes = 400_000_000

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

/** PID 1 of the guest as this machine counts: whose root has the guest's own machine-id. */
const findGuest = async (place: Place): Promise<string> => {
  const machine = await place.run('cat /etc/machine-id')
  const found = readdirSync('/proc').find(
    (pid) => read(`/proc/${pid}/comm`) === 'systemd' && read(`/proc/${pid}/root/etc/machine-id`) === machine,
  )
  if (found === undefined) throw new Error('the guest is not among the processes of this machine')
  return found
}

/** The same client and the same sshd, in the guest's own network: nothing of ours between them. */
const planRaw = (place: Place, pid: string): string[] => [
  ...['nsenter', '-t', pid, ...(process.getuid?.() === 0 ? [] : ['-U', '--preserve-credentials']), '-n'],
  ...['ssh', '-F', place.config, '-o', 'ProxyCommand=none', '-o', 'HostName=127.0.0.1'],
]
const planOurs = (place: Place): string[] => ['ssh', '-F', place.config]

type Plan = (cipher: string) => readonly string[]

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

/** Seconds for a large file, with nobody on this side who would compete for the processor. */
const bulk = async (place: Place, argv: readonly string[], start: number): Promise<number> => {
  const [command = '', ...args] = [...argv, 'sandbox-alice', `head -c ${bytes} /dev/zero`]
  const began = performance.now()
  const child = spawn(command, args, { env: place.env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command} ended with ${code}`)
  return (performance.now() - began) / 1000 - start
}

const contestBulk = async (
  place: Place,
  rounds: number,
  ours: Plan,
  raw: Plan,
  start: Record<'ours' | 'raw', number>,
) => {
  const rows: Row[] = []
  for (const cipher of ['chacha20-poly1305@openssh.com', 'aes128-gcm@openssh.com']) {
    const samples = await rotate(rounds, {
      ours: () => bulk(place, ours(cipher), start.ours),
      raw: () => bulk(place, raw(cipher), start.raw),
    })
    const what = `${bytes / 1e6} MB, ${cipher.split('@')[0]}`
    rows.push(
      planRow({ group, what: `${what}, through ssh:proxy`, unit: 's' }, samples.ours),
      planRow({ group, what: `${what}, raw loopback`, unit: 's' }, samples.raw),
      // 70 % of the throughput is 1.43 times the time.
      planRatio({ group, what: `${what}: ours to raw`, target: 1.43 }, samples.ours, samples.raw),
    )
  }
  return rows
}

const contest = async (place: Place, runs: number): Promise<Row[]> => {
  const key = readFileSync(`${place.folder}/id.pub`, 'utf8').trim()
  await place.run(
    `install -d -m 700 -o kiro -g kiro /home/kiro/.ssh; echo '${key}' >/home/kiro/.ssh/authorized_keys; chown kiro: /home/kiro/.ssh/authorized_keys`,
  )
  const pid = await findGuest(place)
  const [ours, raw] = [planOurs(place), planRaw(place, pid)]
  // The bundle is made and the way is found by the first one.
  await firstByte(place, ours)
  const starts = await rotate(Math.max(runs, 11), {
    ours: () => firstByte(place, ours),
    raw: () => firstByte(place, raw),
  })
  const added = median(starts.ours) - median(starts.raw)
  const bulks = await contestBulk(
    place,
    Math.max(runs, 5),
    (cipher) => [...ours, '-c', cipher],
    (cipher) => [...raw, '-c', cipher],
    { ours: median(starts.ours), raw: median(starts.raw) },
  )
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
