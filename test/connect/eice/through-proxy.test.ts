import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { NoAnswer, pushKey } from '../../../connect/eice/push-key.ts'
import { dialTunnel, TunnelRefused } from '../../../connect/eice/tunnel.ts'

/** A proxy that writes down where it was asked to connect to, and does not. */
let proxy: Server
let address: string
const asked: string[] = []
beforeAll(async () => {
  proxy = createServer()
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
  })
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
  address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
})
afterAll(() => void proxy.close())
afterEach(() => {
  vi.unstubAllEnvs()
  asked.length = 0
})

const dnsName = 'eice-0123456789abcdef0.b1946ac9.ec2-instance-connect-endpoint.us-west-2.amazonaws.com'
const signal = new AbortController().signal
const dial = () =>
  dialTunnel({ path: '/openTunnel', dnsName, origin: undefined, dialSeconds: 5, signal }).catch(
    (error: unknown) => error,
  )
const push = () =>
  pushKey(
    { region: 'us-west-2', instanceId: 'i-1', user: 'kiro', publicKey: 'ssh-ed25519 AAAA' },
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    { endpoint: undefined, seconds: 5, signal, now: new Date() },
  ).catch((error: unknown) => error)

test('key and tunnel go through the proxy that the environment names, and its refusal names it without its password', async () => {
  vi.stubEnv('HTTPS_PROXY', `http://me:secret@${address}`)
  const [dialled, pushed] = [await dial(), await push()]
  expect(asked).toEqual([`${dnsName}:443`, 'ec2-instance-connect.us-west-2.amazonaws.com:443'])
  for (const [error, kind] of [
    [dialled, TunnelRefused],
    [pushed, NoAnswer],
  ] as const) {
    expect(error).toBeInstanceOf(kind)
    expect((error as Error).message).toContain(address)
    expect((error as Error).message).not.toContain('secret')
  }
})
