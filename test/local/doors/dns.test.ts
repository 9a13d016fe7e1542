import { describe, expect, test } from 'vitest'
import { answerDns } from '../../../local/doors/dns.ts'
import { parseRange } from '../../../local/doors/mirror.ts'

const zone = {
  own: ['ip-10-20-16-4.us-west-2.compute.internal'],
  privateIp: '10.20.16.4',
  endpoint: '169.254.169.253',
}
const types = { A: 1, NS: 2, PTR: 12, AAAA: 28, ANY: 255 } as const

const ask = (name: string, type: keyof typeof types, flags = 0x0100, kind = 1): Buffer => {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]))
  const head = Buffer.from([0xab, 0xcd, flags >> 8, flags & 255, 0, 1, 0, 0, 0, 0, 0, 0])
  return Buffer.concat([...[head, ...labels], Buffer.from([0, 0, types[type], 0, kind])])
}

const read = (answer: Buffer | undefined) =>
  answer && {
    id: answer.readUInt16BE(0),
    code: (answer[3] as number) & 15,
    records: answer.readUInt16BE(6),
    address: answer.readUInt16BE(6) === 1 ? [...answer.subarray(-4)].join('.') : undefined,
  }

describe('a question', () => {
  test.each([
    ['sts.us-west-2.amazonaws.com', 'A', 0, '169.254.169.253'],
    ['STS.us-west-2.AmazonAWS.com', 'A', 0, '169.254.169.253'],
    ['a.b.s3.dualstack.us-west-2.amazonaws.com', 'A', 0, '169.254.169.253'],
    ['sts.us-west-2.amazonaws.com', 'ANY', 0, '169.254.169.253'],
    ['sts.us-west-2.amazonaws.com', 'AAAA', 0, undefined],
    ['ip-10-20-16-4.us-west-2.compute.internal', 'A', 0, '10.20.16.4'],
    ['ip-10-20-16-4.us-west-2.compute.internal', 'AAAA', 0, undefined],
    ['ip-10-20-16-5.us-west-2.compute.internal', 'A', 3, undefined],
    ['amazonaws.com.evil.example', 'A', 3, undefined],
    ['evilamazonaws.com', 'A', 3, undefined],
    ['5.16.20.10.in-addr.arpa', 'PTR', 3, undefined],
  ] as const)('%s %s', (name, type, code, address) => {
    expect(read(answerDns(zone, ask(name, type)))).toEqual({
      id: 0xabcd,
      code,
      records: address === undefined ? 0 : 1,
      address,
    })
  })
  test('who has the own address', () => {
    const answer = answerDns(zone, ask('4.16.20.10.in-addr.arpa', 'PTR'))
    expect(answer?.toString('latin1')).toContain('\x0dip-10-20-16-4\x09us-west-2\x07compute\x08internal\x00')
  })
  test('keeps its "recursion desired"', () => {
    expect(answerDns(zone, ask('x.y', 'A', 0x0100))?.readUInt16BE(2)).toBe(0x8583)
    expect(answerDns(zone, ask('x.y', 'A', 0x0000))?.readUInt16BE(2)).toBe(0x8483)
  })
})

test.each([
  ['of another class is refused', ask('a.amazonaws.com', 'A', 0x0100, 3), 5],
  ['to change something is not implemented', ask('a.amazonaws.com', 'A', 0x2800), 4],
  ['that ends in the middle is malformed', ask('a.amazonaws.com', 'A').subarray(0, 20), 1],
  [
    'with a compressed name is malformed',
    Buffer.concat([ask('a', 'A').subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])]),
    1,
  ],
])('a question %s', (_name, query, code) => {
  expect(read(answerDns(zone, query))?.code).toBe(code)
})

test('what is an answer, or nothing at all, is not answered', () => {
  expect(answerDns(zone, ask('a.amazonaws.com', 'A', 0x8100))).toBeUndefined()
  expect(answerDns(zone, Buffer.alloc(11))).toBeUndefined()
})

test.each([
  [undefined, undefined],
  ['bytes=2-4', { start: 2, end: 4 }],
  ['bytes=2-', { start: 2, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-30', { start: 0, end: 9 }],
  ['bytes=5-99', { start: 5, end: 9 }],
  ['bytes=10-', 'none'],
  ['bytes=-0', 'none'],
  ['bytes=4-2', 'none'],
  ['bytes=-', undefined],
  ['bytes=1-2,4-5', undefined],
  ['lines=1-2', undefined],
])('range %s of ten bytes', (header, range) => {
  expect(parseRange(header, 10)).toEqual(range)
})
