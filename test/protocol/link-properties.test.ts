import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Ambient } from '../../protocol/ssm/ambient.ts'
import { createLink, type Link } from '../../protocol/ssm/link.ts'
import { createReceiver } from '../../protocol/ssm/receiver.ts'
import { createSender } from '../../protocol/ssm/sender.ts'

const createClock = () => {
  let now = 0
  let id = 0
  const ambient: Ambient = {
    monotonic: () => now,
    date: () => 1 + now,
    uuid: () => `00000000-0000-4000-8000-${(id++).toString(16).padStart(12, '0')}`,
  }
  return {
    ambient,
    pass: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

type Fate = 'arrives' | 'lost' | 'twice' | 'late'
const fates = fc.array(fc.constantFrom<Fate>('arrives', 'arrives', 'lost', 'twice', 'late'), {
  minLength: 1,
  maxLength: 60,
})

/** Two ends and a wire that does to each frame what the list says, then behaves. */
const createWire = (script: Fate[]) => {
  const { ambient, pass } = createClock()
  const heard = { client: [] as number[], agent: [] as number[] }
  const wire: [to: 'client' | 'agent', frame: Buffer][] = []
  const ends = {} as Record<'client' | 'agent', Link>
  const put = (to: 'client' | 'agent') => (frame: Buffer) => {
    const fate = script.shift() ?? 'arrives'
    if (fate !== 'lost') wire.splice(fate === 'late' ? 0 : wire.length, 0, [to, frame])
    if (fate === 'twice') wire.push([to, frame])
  }
  const create = (side: 'client' | 'agent', other: 'client' | 'agent') => {
    ends[side] = createLink({
      side,
      ambient,
      transmit: put(other),
      onData: ({ payload }) => heard[side].push(payload.readUInt32BE(0)),
      onControl: () => undefined,
      onRoom: () => undefined,
      window: 8,
      reorder: 4,
    })
  }
  create('client', 'agent')
  create('agent', 'client')
  const drain = () => {
    for (let next = wire.shift(); next !== undefined; next = wire.shift()) ends[next[0]].receive(next[1])
  }
  return { ends, heard, drain, pass }
}

const numbered = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

test('whatever a wire does to single frames, both ends hear all, once, in order', () => {
  fc.assert(
    fc.property(fates, fc.integer({ min: 1, max: 30 }), (script, count) => {
      const { ends, heard, drain, pass } = createWire([...script])
      ends.client.connect()
      ends.agent.connect()
      for (let index = 0; index < count; index += 1) {
        ends.client.send(1, numbered(index))
        ends.agent.send(1, numbered(index))
        if (index % 3 === 0) drain()
      }
      for (let round = 0; round < 200 && ends.client.pending + ends.agent.pending > 0; round += 1) {
        drain()
        pass(3000)
        ends.client.tick()
        ends.agent.tick()
      }
      const all = Array.from({ length: count }, (_, index) => index)
      expect(heard).toEqual({ client: all, agent: all })
      expect(ends.client.pending + ends.agent.pending).toBe(0)
    }),
  )
})

test('what was sent while away goes out with the next connection, and nothing is heard twice', () => {
  const { ends, heard, drain } = createWire([])
  ends.client.connect()
  ends.agent.connect()
  ends.client.send(1, numbered(0))
  ends.client.disconnect()
  ends.client.send(1, numbered(1))
  drain()
  expect(heard.agent).toEqual([0])
  ends.client.connect()
  drain()
  expect(heard.agent).toEqual([0, 1])
})

test('nothing is sent while paused, and all of it at the start', () => {
  const { ends, heard, drain, pass } = createWire([])
  ends.client.connect()
  ends.agent.connect()
  const { ambient } = createClock()
  return import('../../protocol/ssm/control-message.ts').then(
    ({ renderPausePublication, renderStartPublication }) => {
      ends.client.receive(renderPausePublication(ambient))
      expect(ends.client.room()).toBe(0)
      ends.client.send(1, numbered(0))
      pass(60_000)
      ends.client.tick()
      drain()
      expect(heard.agent).toEqual([])
      ends.client.receive(renderStartPublication(ambient))
      drain()
      expect(heard.agent).toEqual([0])
    },
  )
})

test('a lost acknowledgement at the head does not hide a lost message behind it', () => {
  const { ambient, pass } = createClock()
  const sender = createSender({ messageType: 'input_stream_data', ambient })
  for (const value of [0, 1, 2]) sender.add(1, numbered(value))
  sender.acknowledge(1)
  pass(500)
  expect(sender.due()).toHaveLength(2)
  expect(sender.due()).toHaveLength(0)
})

test('a window opens with acknowledgements and closes with time in queues', () => {
  const { ambient, pass } = createClock()
  const sender = createSender({ messageType: 'input_stream_data', ambient, window: 256 })
  const one = (milliseconds: number) => {
    const sequenceNumber = sender.next
    sender.add(1, numbered(0))
    pass(milliseconds)
    sender.acknowledge(sequenceNumber)
  }
  for (let index = 0; index < 300; index += 1) one(5)
  expect(sender.figures().window).toBe(256)
  for (let index = 0; index < 300; index += 1) one(800)
  expect(sender.figures().window).toBeLessThan(40)
})

test('the reorder buffer is bounded; what does not fit is not acknowledged', () => {
  const receiver = createReceiver(2)
  const message = (sequenceNumber: number) => ({
    messageType: 'output_stream_data',
    schemaVersion: 1,
    createdDate: 1,
    sequenceNumber,
    flags: 0,
    messageId: '',
    payloadType: 1,
    payload: Buffer.alloc(0),
  })
  expect([3, 2, 1].map((one) => receiver.accept(message(one)).acknowledge)).toEqual([true, true, false])
  expect(receiver.accept(message(0), false)).toEqual({ acknowledge: false, deliver: [] })
  expect(receiver.accept(message(0)).deliver).toHaveLength(1)
  expect(receiver.accept(message(1)).deliver.map((one) => one.sequenceNumber)).toEqual([1, 2, 3])
  expect(receiver.accept(message(1))).toEqual({ acknowledge: true, deliver: [] })
})
