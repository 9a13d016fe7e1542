import { describe, expect, test } from 'vitest'
import { chooseEndpoint } from '../../../connect/eice/choose-endpoint.ts'
import { presignTunnel } from '../../../connect/eice/presign.ts'

const request = {
  region: 'us-west-2',
  endpointId: 'eice-0123456789abcdef0',
  dnsName: 'eice-0123456789abcdef0.b1946ac9.ec2-instance-connect-endpoint.us-west-2.amazonaws.com',
  privateIp: '10.0.0.5',
  port: 22,
  maxSeconds: 600,
}
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const now = new Date('2026-01-02T03:04:05Z')

test('the signature is the one botocore makes', async () => {
  const path = await presignTunnel(request, { ...credentials, sessionToken: 'TOKEN/+=example' }, now)
  const query = new URL(`https://x${path}`).searchParams
  expect(query.get('X-Amz-Signature')).toBe(
    'a58f06f298c08379c868b7385999a97e8fe50619556098165fa9eaaf88ab351c',
  )
  expect(path.startsWith('/openTunnel?')).toBe(true)
  expect(query.get('X-Amz-SignedHeaders')).toBe('host')
  expect(query.get('maxTunnelDuration')).toBe('600')
})

test('an IPv6 address is one word of the query', async () => {
  const path = await presignTunnel({ ...request, privateIp: '2600:1f14::5' }, credentials, now)
  expect(path).toContain('privateIpAddress=2600%3A1f14%3A%3A5')
})

describe('the endpoint', () => {
  const endpoint = (id: string, subnetId: string, state = 'create-complete') => ({
    id,
    subnetId,
    state,
    dnsName: `${id}.example`,
    ownerId: '111122223333',
  })
  test.each([
    [[endpoint('a', 's1'), endpoint('b', 's2')], 's2', 'b'],
    [[endpoint('a', 's1'), endpoint('b', 's2')], 's3', 'a'],
    [[endpoint('a', 's1', 'delete-in-progress'), endpoint('b', 's2')], 's1', 'b'],
    [[endpoint('a', 's1', 'create-in-progress')], 's1', undefined],
    [[], 's1', undefined],
  ])('%j for %s is %s', (endpoints, subnet, id) => expect(chooseEndpoint(endpoints, subnet)?.id).toBe(id))
})
