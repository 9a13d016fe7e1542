import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '../../protocol/protocol-error.ts'
import { createFrameReader, type Frame, renderFrame } from '../../protocol/smux/frame.ts'
import { createCipher } from '../../protocol/ssm/cipher.ts'
import { parseAcknowledge, parseChannelClosed } from '../../protocol/ssm/control-message.ts'
import {
  parseChallenge,
  parseHandshakeComplete,
  parseHandshakeRequest,
  parseHandshakeResponse,
} from '../../protocol/ssm/handshake.ts'
import { parseMessage, serialiseMessage } from '../../protocol/ssm/message.ts'
import { parseOpenDataChannel } from '../../protocol/ssm/open-data-channel.ts'
import {
  parseExitCode,
  parseFlag,
  parseSize,
  renderExitCode,
  renderFlag,
  renderSize,
} from '../../protocol/ssm/payload.ts'

const bytes = (maxLength = 2000) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
const u32 = fc.nat(0xffff_ffff)
const big = fc.maxSafeNat()

const anyMessage = fc.record({
  messageType: fc.stringMatching(/^[a-z_]{1,32}$/),
  schemaVersion: u32,
  createdDate: big.filter((date) => date > 0),
  sequenceNumber: big,
  flags: big,
  messageId: fc.uuid(),
  payloadType: u32,
  payload: bytes(),
})

/** A right header with anything behind its first word: pure noise rarely gets past the length. */
const nearly = fc.tuple(fc.constantFrom(0, 115, 116, 117, 0xffff_ffff), bytes()).map(([header, rest]) => {
  const first = Buffer.alloc(4)
  first.writeUInt32BE(header)
  return Buffer.concat([first, rest])
})

const survives = (parse: (input: Buffer) => unknown) => (input: Buffer) => {
  try {
    parse(input)
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError)
  }
}

test('a message is read back as it was written', () => {
  fc.assert(
    fc.property(anyMessage, (one) => {
      expect(parseMessage(serialiseMessage(one))).toEqual(one)
    }),
  )
})

test('a message with one bit of its payload turned is refused', () => {
  fc.assert(
    fc.property(
      anyMessage.filter((one) => one.payload.length > 0),
      fc.nat(),
      (one, where) => {
        const wire = serialiseMessage({ ...one, messageType: 'output_stream_data' })
        const index = 120 + (where % one.payload.length)
        wire.writeUInt8(wire.readUInt8(index) ^ 1, index)
        expect(() => parseMessage(wire)).toThrow(/digest/)
      },
    ),
  )
})

const json = fc.json().map((text) => Buffer.from(text))
const anything = fc.oneof(bytes(), nearly, json)

test.each<[string, (input: Buffer) => unknown]>([
  ['message', parseMessage],
  ['acknowledgement', parseAcknowledge],
  ['end of a channel', parseChannelClosed],
  ['handshake request', parseHandshakeRequest],
  ['handshake response', parseHandshakeResponse],
  ['end of a handshake', parseHandshakeComplete],
  ['challenge', parseChallenge],
  ['opening frame', (input) => parseOpenDataChannel(input.toString())],
  ['size', parseSize],
  ['exit code', parseExitCode],
  ['flag', parseFlag],
  ['ciphertext', (input) => createCipher(Buffer.alloc(64), 'client').decrypt(input)],
  ['frame of the multiplexer', (input) => createFrameReader(() => undefined)(input)],
])('any bytes as a %s are read or refused, never a crash', (_name, parse) => {
  fc.assert(fc.property(anything, survives(parse)), { numRuns: 400 })
})

test('sizes, flags and exit codes are read back', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff),
      fc.nat(0xffff),
      u32,
      fc.integer({ min: -255, max: 255 }),
      (cols, rows, flag, code) => {
        expect(parseSize(renderSize({ cols, rows }))).toEqual({ cols, rows })
        expect(parseFlag(renderFlag(flag))).toBe(flag)
        expect(parseExitCode(renderExitCode(code))).toBe(code)
      },
    ),
  )
})

test('what one side encrypts only the other can read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), bytes(), (key, plain) => {
      fc.pre(!Buffer.from(key.subarray(0, 32)).equals(Buffer.from(key.subarray(32))))
      const [client, agent] = [createCipher(key, 'client'), createCipher(key, 'agent')]
      expect(agent.decrypt(client.encrypt(plain)).equals(plain)).toBe(true)
      expect(client.decrypt(agent.encrypt(plain)).equals(plain)).toBe(true)
      expect(() => client.decrypt(client.encrypt(plain))).toThrow(ProtocolError)
    }),
  )
})

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  version: fc.constantFrom(1 as const, 2 as const),
  command: fc.nat(3),
  stream: u32,
  data: bytes(3000),
})
const cuts = fc.array(fc.integer({ min: 1, max: 1024 }), { minLength: 1 })

test('frames of the multiplexer are read back however they are cut', () => {
  fc.assert(
    fc.property(fc.array(anyFrame), cuts, (frames, sizes) => {
      const read: Frame[] = []
      const take = createFrameReader((frame) => read.push(frame))
      let rest = Buffer.concat(frames.map(renderFrame))
      for (let index = 0; rest.length > 0; index += 1) {
        const size = sizes[index % sizes.length] ?? 1
        take(rest.subarray(0, size))
        rest = rest.subarray(size)
      }
      expect(read).toEqual(frames)
    }),
  )
})
