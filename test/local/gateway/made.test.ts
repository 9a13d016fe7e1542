import { expect, test } from 'vitest'
import type { Call } from '../../../local/gateway/classify.ts'
import { planMade } from '../../../local/gateway/made.ts'

const call = (operation: string, protocol: Call['protocol'] = 'ec2'): Call => ({
  ...{ service: 'ec2', region: 'us-west-2', operation, protocol, label: `ec2/${operation}` },
})
const made = (text: string, status = 200, of = call('RunInstances')) =>
  planMade(of, { status, body: Buffer.from(text) })

test('ids in elements and strings are kept once, other words are not', () => {
  const xml =
    '<instanceId>i-0123456789abcdef0</instanceId><a>i-0123456789abcdef0</a><reservationId>r-12345678</reservationId><x>t4g-medium</x>'
  expect(made(xml)).toEqual(['i-0123456789abcdef0', 'r-12345678'])
  expect(made('{"VpcId":"vpc-12345678","text":"see vpc-87654321"}')).toEqual(['vpc-12345678'])
})

test('of credentials the name is kept and the secret is not', () => {
  const xml =
    '<AccessKeyId>ASIAQWERTYUIOPASDFGH</AccessKeyId><SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey><SessionToken>FQoGZXIvYXdzEBYaDIEXAMPLE</SessionToken><Arn>arn:aws:sts::111122223333:assumed-role/r/alice</Arn>'
  expect(made(xml, 200, { ...call('AssumeRole'), service: 'sts' })).toEqual([
    'ASIAQWERTYUIOPASDFGH',
    'arn:aws:sts::111122223333:assumed-role/r/alice',
  ])
})

test('of a session its name is kept and its token is not', () => {
  const json =
    '{"SessionId":"alice-0a1b2c","TokenValue":"i-0123456789abcdef0","StreamUrl":"wss://x/alice-0a1b2c"}'
  const start = { ...call('StartSession', 'json'), service: 'ssm', label: 'ssm/StartSession' }
  expect(made(json, 200, start)).toEqual(['alice-0a1b2c'])
})

test('reads, refusals and contents of buckets leave nothing', () => {
  const text = '<vpcId>vpc-12345678</vpcId>'
  expect(made(text, 200, call('DescribeVpcs'))).toEqual([])
  expect(made(text, 400)).toEqual([])
  expect(made(text, 200, call('PutObject', 's3'))).toEqual([])
})

test('an answer of a thousand machines is cut, not refused', () => {
  const many = Array.from({ length: 3000 }, (_, n) => `<i>i-${n.toString(16).padStart(8, '0')}</i>`).join('')
  expect(made(many)).toHaveLength(1000)
})
