import { expect, test } from 'vitest'
import { command, renderFrame } from '../../protocol/smux/frame.ts'
import { renderAcknowledge } from '../../protocol/ssm/control-message.ts'
import { parseHandshakeRequest, renderHandshakeResponse } from '../../protocol/ssm/handshake.ts'
import { parseMessage, serialiseMessage } from '../../protocol/ssm/message.ts'
import { renderFlag, renderSize } from '../../protocol/ssm/payload.ts'
import { compareVersions, planAgentFeatures, planClientFeatures } from '../../protocol/ssm/version.ts'

/** What the serialiser of session-manager-plugin 1.2.677 makes of the same values. */
const official = `
00000074 696e7075745f73747265616d5f646174612020202020202020202020202020 20 00000001
0000018bcfe56800 0000000000000007 0000000000000000
8899aabbccddeeff 0011223344554677
1d887ce0f8672e4914d9000e801cd74ecd805dd9366c0bc42dc16adc0197dc2f
00000001 00000003 6c730d`.replace(/\s/g, '')

const message = {
  messageType: 'input_stream_data',
  schemaVersion: 1,
  createdDate: 1_700_000_000_000,
  sequenceNumber: 7,
  flags: 0,
  messageId: '00112233-4455-4677-8899-aabbccddeeff',
  payloadType: 1,
  payload: Buffer.from('6c730d', 'hex'),
}

test('a message has the bytes of the official client, and is read back', () => {
  expect(serialiseMessage(message).toString('hex')).toBe(official)
  expect(parseMessage(Buffer.from(official, 'hex'))).toEqual(message)
})

test('the id on the wire is the one captured from the official client', () => {
  const bytes = serialiseMessage({ ...message, messageId: 'd7dcde85-2626-4cdb-82fa-901ff213fd9f' })
  expect(bytes.toString('hex', 64, 80)).toBe('82fa901ff213fd9fd7dcde8526264cdb')
})

test('an acknowledgement has 176 bytes of payload and both flags', () => {
  const ambient = { date: () => 1, monotonic: () => 0, uuid: () => message.messageId }
  const bytes = renderAcknowledge(
    { ...message, messageType: 'output_stream_data', sequenceNumber: 0 },
    ambient,
  )
  const { payload, flags, payloadType } = parseMessage(bytes)
  expect(payload.toString()).toBe(
    `{"AcknowledgedMessageType":"output_stream_data","AcknowledgedMessageId":"${message.messageId}","AcknowledgedMessageSequenceNumber":0,"IsSequentialMessage":true}`,
  )
  expect([payload.length, flags, payloadType]).toEqual([176, 3, 0])
})

test('sizes are JSON in lower case, flags four bytes big-endian', () => {
  expect(renderSize({ cols: 80, rows: 24 }).toString()).toBe('{"cols":80,"rows":24}')
  expect(renderFlag(2).toString('hex')).toBe('00000002')
})

test('a handshake of an agent is read, and answered in the words of the official client', () => {
  const request = parseHandshakeRequest(
    Buffer.from(
      '{"AgentVersion":"3.3.987.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Port","Properties":{"portNumber":"22"}}}]}',
    ),
  )
  expect(request.RequestedClientActions[0]?.ActionType).toBe('SessionType')
  const answer = renderHandshakeResponse({
    ClientVersion: '1.2.677.0',
    ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' }],
    Errors: [],
  })
  expect(answer.toString()).toBe(
    '{"ClientVersion":"1.2.677.0","ProcessedClientActions":[{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""}],"Errors":null}',
  )
})

test.each([
  ['SYN', command.syn, '', '0100000003000000'],
  ['PSH', command.push, 'hello', '010205000300000068656c6c6f'],
  ['FIN', command.fin, '', '0101000003000000'],
])('a %s frame of stream 3 has the bytes that were captured', (_name, what, data, hex) => {
  const frame = renderFrame({ version: 1, command: what, stream: 3, data: Buffer.from(data) })
  expect(frame.toString('hex')).toBe(hex)
})

test('versions are compared part by part, and only with as many parts', () => {
  expect(compareVersions('3.10.0.0', '3.9.9.9')).toBe(1)
  expect(compareVersions('3.1.1511.0', '3.1.1511.0')).toBe(0)
  expect(compareVersions('3.1.1511', '3.1.1511.0')).toBeUndefined()
  expect(compareVersions('', '3')).toBeUndefined()
})

test('features change at the versions of the official programs', () => {
  expect(planAgentFeatures('3.0.196.0').multiplex).toBe(false)
  expect(planAgentFeatures('3.0.197.0')).toEqual({ multiplex: true, quiet: false, terminateFlag: true })
  expect(planAgentFeatures('3.1.1512.0').quiet).toBe(true)
  expect(planClientFeatures('1.1.69.0').multiplex).toBe(false)
  expect(planClientFeatures('1.2.331.0')).toEqual({ multiplex: true, quiet: false, separateOutput: true })
  expect(planClientFeatures('1.2.764.0').quiet).toBe(true)
})
