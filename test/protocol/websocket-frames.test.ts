import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyMask, createFrameReader, opcode, renderHead } from '../../protocol/websocket/frame.ts'

type Told = { bytes: Buffer[]; control: [number, string][]; texts: number }

const open = (fromClient: boolean) => {
  const told: Told = { bytes: [], control: [], texts: 0 }
  const read = createFrameReader(fromClient, {
    // The place is used again: who keeps a piece copies it.
    bytes: (piece) => void told.bytes.push(Buffer.from(piece)),
    control: (code, payload) => void told.control.push([code, payload.toString('latin1')]),
    text: () => {
      told.texts += 1
    },
  })
  return { told, read }
}

const render = (first: number, payload: Buffer, mask?: Buffer): Buffer => {
  const head = renderHead(first & 15, payload.length, mask)
  head[0] = first
  const copy = Buffer.from(payload)
  if (mask !== undefined) applyMask(copy, mask)
  return Buffer.concat([head, copy])
}

const final = 0x80
const bytesOf = (most: number) => fc.uint8Array({ maxLength: most }).map((bytes) => Buffer.from(bytes))
const lengths = fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 70_000)
const payload = fc.oneof(
  bytesOf(300),
  lengths.map((length) => Buffer.alloc(length, length)),
)
const mask = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.alloc(4)),
)
const ping = fc.option(bytesOf(125), { nil: undefined })
const message = fc.array(fc.record({ payload, ping, mask }), { minLength: 1, maxLength: 4 })

/** A message in as many frames as it has parts, with pings between them, as the RFC allows. */
const renderMessage = (
  parts: readonly { payload: Buffer; ping: Buffer | undefined; mask: Buffer }[],
  fromClient: boolean,
): Buffer =>
  Buffer.concat(
    parts.flatMap(({ payload, ping, mask }, index) => {
      const code = index === 0 ? opcode.binary : opcode.continuation
      const own = fromClient ? mask : undefined
      const frame = render((index === parts.length - 1 ? final : 0) | code, payload, own)
      return ping === undefined ? [frame] : [render(final | opcode.ping, ping, own), frame]
    }),
  )

test('whatever the frames and wherever they are cut, the same bytes come out in the same order', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      (messages, cuts, fromClient) => {
        const wire = Buffer.concat(messages.map((parts) => renderMessage(parts, fromClient)))
        const { told, read } = open(fromClient)
        for (let [at, turn] = [0, 0]; at < wire.length; turn += 1) {
          const end = at + (cuts[turn % cuts.length] as number)
          read(wire.subarray(at, end))
          at = end
        }
        const parts = messages.flat()
        const sent = Buffer.concat(parts.map((part) => part.payload))
        expect(Buffer.concat(told.bytes).equals(sent)).toBe(true)
        expect(told.control).toEqual(
          parts.flatMap((part) =>
            part.ping === undefined ? [] : [[opcode.ping, part.ping.toString('latin1')]],
          ),
        )
      },
    ),
    { numRuns: 200 },
  )
})

test('a text is told before anything of it is passed on', () => {
  const { told, read } = open(false)
  read(Buffer.from([final | opcode.text, 2, 0x68]))
  expect(told).toMatchObject({ texts: 1 })
})

const some = Buffer.from('some')
const zeros = Buffer.alloc(4)
test.each<[string, boolean, Buffer, RegExp]>([
  ['bits of an extension', false, render(final | 0x40 | opcode.binary, some), /extension/],
  ['an opcode that there is not', false, render(final | 3, some), /opcode 3/],
  ['no mask of a client', true, render(final | opcode.binary, some), /no mask/],
  ['a mask of a server', false, render(final | opcode.binary, some, zeros), /has a mask/],
  ['a ping that is too long', false, render(final | opcode.ping, Buffer.alloc(126)), /longer than 125/],
  ['a close in parts', false, render(opcode.close, some), /in parts/],
  ['a continuation of nothing', false, render(final | opcode.continuation, some), /wrong place/],
  [
    'a message in a message',
    false,
    Buffer.concat([render(opcode.binary, some), render(final | opcode.binary, some)]),
    /wrong place/,
  ],
])('%s cannot be', (_what, fromClient, wire, why) => {
  const { read } = open(fromClient)
  expect(() => read(wire)).toThrow(why)
})
