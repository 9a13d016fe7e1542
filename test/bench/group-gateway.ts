import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isFailure, startShim } from '../../local/gateway/shim.ts'
import { root } from '../e2e/cli.ts'
import { openCopyingHop } from './copying-hop.ts'
import { Lab } from './lab.ts'
import { median, planRow, type Row } from './row.ts'
import { ask, identity, type Keys, keysOf, makeBucket, type Question, sign } from './signed.ts'

const group = 'gateway'
const calls = 600
/** A daemon lives for hours: what its first calls cost while Node still compiles is not what people meet. */
const warmUp = 500
const warming = 12_000

const describeVpcs: Question = {
  ...{ service: 'ec2', label: 'ec2/DescribeVpcs', method: 'POST', path: '/' },
  body: 'Action=DescribeVpcs&Version=2016-11-15',
}
const bucket = makeBucket('bench', 'us-west-2')
const object: Question = { ...bucket, path: '/bench/object', body: 'x'.repeat(4096) }
const questions: readonly Question[] = [
  identity,
  describeVpcs,
  { ...object, label: 's3/GET', method: 'GET', body: '' },
]

interface Side {
  readonly port: number
  readonly keys: Keys
  readonly agent: Agent
  /** What the gateway adds on its way to moto; without it the direct side would give moto other work. */
  readonly extra: (question: Question) => readonly (readonly [string, string])[]
}

const openSide = (port: number, keys: Keys, extra: Side['extra'] = () => []): Side => ({
  ...{ port, keys, extra },
  agent: new Agent({ keepAlive: true, maxSockets: 1 }),
})

const put = async (side: Side, question: Question): Promise<number> => {
  const signed = sign(question, side.port, side.keys, new Date())
  return ask(side.agent, side.port, {
    ...signed,
    headers: [...signed.headers, ...side.extra(question)],
  })
}

type Name = 'direct' | 'copied' | 'gateway'
const names: readonly Name[] = ['direct', 'copied', 'gateway']

/** Calls in turns, one at a time; who is first changes with every round. */
const alternate = async (sides: Readonly<Record<Name, Side>>, question: Question) => {
  const samples: Record<Name, number[]> = { direct: [], copied: [], gateway: [] }
  for (let call = -warmUp; call < calls; call += 1)
    for (const turn of names.keys()) {
      const name = names[(turn + call + warmUp) % names.length] ?? 'direct'
      const took = await put(sides[name], question)
      if (call >= 0) samples[name].push(took)
    }
  return samples
}

/** Single calls vary with whatever else the machine does: the range leaves out the outer twentieth on both sides. */
const planCalls = (what: string, samples: readonly number[]): Row => {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  return { ...planRow({ group, what, unit: 'ms' }, samples), range: [at(0.05), at(0.95)] }
}

const planRows = (question: Question, samples: Readonly<Record<Name, number[]>>): Row[] => {
  const [direct, copied, gateway] = [samples.direct, samples.copied, samples.gateway].map(median)
  const adds = (what: string, value: number) =>
    ({ group, what: `${question.label}: ${what}`, unit: 'ms', value, count: calls }) as const
  return [
    planCalls(`${question.label} straight to moto`, samples.direct),
    planCalls(`${question.label} through a process that only copies bytes`, samples.copied),
    planCalls(`${question.label} through the gateway`, samples.gateway),
    { ...adds('what the gateway adds (p50)', (gateway ?? 0) - (direct ?? 0)), target: 1 },
    adds('of this, what any process in between adds', (copied ?? 0) - (direct ?? 0)),
  ]
}

const contest = async (lab: Lab): Promise<Row[]> => {
  const { port, ...keys } = keysOf(await lab.session.awsEnvironment())
  const { python } = await lab.tools()
  const folder = mkdtempSync(join(tmpdir(), 'kiro-bench-'))
  const shim = startShim({ python, root, folder, token: '', log: () => {} })
  const stops: (() => void)[] = []
  const ready = await shim.started
  try {
    if (isFailure(ready)) throw new Error(`moto did not start: ${ready.error}: ${ready.detail}`)
    // It loads the other services behind the first answer, and both cores are busy as long.
    await sleep(warming)
    const gateway = openSide(port, keys)
    const hop = await openCopyingHop(ready.port)
    stops.push(hop.close)
    const direct = openSide(ready.port, { ...ready.operator, region: keys.region }, ({ label }) => [
      ['x-local-call', label],
    ])
    const copied = openSide(hop.port, { ...ready.operator, region: keys.region }, direct.extra)
    for (const side of [direct, gateway]) {
      await put(side, bucket)
      await put(side, object)
    }
    const rows: Row[] = []
    for (const question of questions)
      rows.push(...planRows(question, await alternate({ direct, copied, gateway }, question)))
    for (const { agent } of [direct, copied, gateway]) agent.destroy()
    return rows
  } finally {
    for (const stop of stops) stop()
    await shim.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Two of a kind with empty books, one behind a gateway; a full one would have more to say to DescribeVpcs. */
export const benchGateway = async (like: Lab): Promise<Row[]> => {
  const lab = Lab.open(() => {}).inherit(like)
  try {
    return await contest(lab)
  } finally {
    await lab.close()
  }
}
