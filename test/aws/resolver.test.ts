import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { askResolver } from '../../scripts/aws/resolver.ts'
import { findFreePort } from '../bench/forwarder.ts'

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }

const ask = async (status: number, body: string) => {
  const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    return await askResolver({ region: 'us-west-2', endpoint, credentials }, 'ListFirewallRules', {})
  } finally {
    server.close()
  }
}
const refused = (type: string) => JSON.stringify({ __type: `x#${type}`, Message: 'because' })

test.each([
  [
    400,
    refused('AccessDeniedException'),
    'AWS does not allow you to ask Route 53 Resolver (ListFirewallRules)',
  ],
  [400, refused('ThrottlingException'), 'AWS throttles calls'],
  [400, refused('ExpiredTokenException'), 'the AWS login has expired'],
  [502, 'bad gateway', 'could not ask Route 53 Resolver (ListFirewallRules): HTTP 502'],
])('an answer %i %s is the sentence of its kind', async (status, body, sentence) => {
  await expect(ask(status, body)).rejects.toThrow(sentence)
})

test('what is answered is handed on, and no answer is said', async () => {
  expect(await ask(200, '{"FirewallRules":[]}')).toEqual({ FirewallRules: [] })
  const nowhere = { region: 'us-west-2', endpoint: `http://127.0.0.1:${await findFreePort()}`, credentials }
  await expect(askResolver(nowhere, 'ListFirewallRules', {})).rejects.toThrow('no answer while trying to')
})
