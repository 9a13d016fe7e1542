import { randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CopyingHop, openCopyingHop } from './copying-hop.ts'
import { Lab, warming } from './lab.ts'
import { findMotoDoor, type MotoDoor } from './moto-door.ts'
import { median, planRow, type Row } from './row.ts'
import {
  ask,
  identity,
  type Keys,
  keysOf,
  loopback,
  makeBucket,
  type Place,
  type Question,
  sign,
} from './signed.ts'

const group = 'gateway'
const calls = 600
/** A daemon lives for hours: what its first calls cost while Node still compiles is not what people meet. */
const warmUp = 500

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

type Headers = readonly (readonly [string, string])[]

interface Side {
  readonly place: Place
  readonly agent: Agent
  /** What the gateway adds on its way to moto; without it the other sides would give moto other work. */
  readonly extra: (question: Question) => Headers
}

const openSide = (place: Place, extra: Side['extra'] = () => []): Side => ({
  ...{ place, extra },
  agent: new Agent({ keepAlive: true, maxSockets: 1 }),
})

type Name = 'direct' | 'copied' | 'gateway'
const names: readonly Name[] = ['direct', 'copied', 'gateway']
type Sides = Readonly<Record<Name, Side>>

/** Everything that can be is made before the clock starts. */
const createPut =
  (sides: Sides, keys: Keys & { readonly port: number }) =>
  (name: Name, question: Question): Promise<number> => {
    const { agent, place, extra } = sides[name]
    const signed = sign(question, keys.port, keys, new Date())
    return ask(agent, place, { ...signed, headers: [...signed.headers, ...extra(question)] })
  }

/** Calls in turns, one at a time; who is first changes with every round. */
const alternate = async (put: ReturnType<typeof createPut>, question: Question) => {
  const samples: Record<Name, number[]> = { direct: [], copied: [], gateway: [] }
  for (let call = -warmUp; call < calls; call += 1)
    for (const turn of names.keys()) {
      const name = names[(turn + call + warmUp) % names.length] ?? 'direct'
      const took = await put(name, question)
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

/** Each call against its neighbour in time, as the machine's mood is worth more than what is looked for. */
const planAdded = (samples: readonly number[], direct: readonly number[]): number =>
  median(samples.map((took, call) => took - (direct[call] as number)))

const planRows = (question: Question, { direct, copied, gateway }: Record<Name, number[]>): Row[] => {
  const adds = (what: string, value: number) =>
    ({ group, what: `${question.label}: ${what}`, unit: 'ms', value, count: calls }) as const
  return [
    planCalls(`${question.label} straight to moto`, direct),
    planCalls(`${question.label} through a process that only copies bytes`, copied),
    planCalls(`${question.label} through the gateway`, gateway),
    { ...adds('what the gateway adds (p50)', planAdded(gateway, direct)), target: 1 },
    adds('of this, what any process in between adds', planAdded(copied, direct)),
  ]
}

const openSides = ({ socketPath, headers }: MotoDoor, hop: CopyingHop, port: number): Sides => {
  const extra: Side['extra'] = ({ label }) => [
    ...headers,
    ['x-local-call', label],
    ['x-local-request-id', randomUUID()],
  ]
  return {
    direct: openSide({ socketPath }, extra),
    copied: openSide(loopback(hop.port), extra),
    gateway: openSide(loopback(port)),
  }
}

const contest = async (lab: Lab): Promise<Row[]> => {
  const keys = keysOf(await lab.session.awsEnvironment())
  const door = await findMotoDoor(lab.session)
  await sleep(warming)
  const hop = await openCopyingHop(door.socketPath)
  const sides = openSides(door, hop, keys.port)
  try {
    const put = createPut(sides, keys)
    await put('gateway', bucket)
    await put('gateway', object)
    const rows: Row[] = []
    for (const question of questions) rows.push(...planRows(question, await alternate(put, question)))
    return rows
  } finally {
    for (const { agent } of Object.values(sides)) agent.destroy()
    hop.close()
  }
}

/** With empty books: full ones would have more to say to DescribeVpcs. */
export const benchGateway = async (like: Lab): Promise<Row[]> => {
  const lab = Lab.open(() => {}).inherit(like)
  try {
    return await contest(lab)
  } finally {
    await lab.close()
  }
}
