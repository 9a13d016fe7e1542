import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { openProxy } from '../ssm/proxy.ts'

const dnsName = 'eice-0123456789abcdef0.b1946ac9.ec2-instance-connect-endpoint.us-west-2.amazonaws.com'
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graviton-tls-'))
  const about = ['-subj', '/CN=endpoint', '-addext', `subjectAltName=DNS:${dnsName}`]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key']
  execFileSync('openssl', ['req', '-x509', ...key, ...about, '-days', '2', '-out', 'certificate'], {
    ...{ cwd: folder, stdio: 'pipe' },
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (name: string): Buffer => readFileSync(join(folder, name))

test('by TLS to the name of the endpoint, with masks and through a proxy, bytes come back as they went', async () => {
  const server = createServer({ key: read('key'), cert: read('certificate') }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const [hosts, firstBytes] = [[] as unknown[], [] as number[]]
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    hosts.push(request.headers.host)
    request.socket.prependListener('data', (data: Buffer) => firstBytes.push(data[1] ?? 0))
    socket.on('message', (data) => socket.send(data as Buffer))
  })
  const proxy = await openProxy((server.address() as AddressInfo).port, 'me:secret')
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'stdio-tunnel.ts'), dnsName],
    {
      env: {
        ...process.env,
        HTTPS_PROXY: `http://me:secret@127.0.0.1:${proxy.port}`,
        NODE_EXTRA_CA_CERTS: join(folder, 'certificate'),
        NO_PROXY: '',
      },
    },
  )
  const data = randomBytes(6 << 20)
  const said = text(child.stderr)
  const parts: Buffer[] = []
  let size = 0
  child.stdout.on('data', (part: Buffer) => {
    parts.push(part)
    size += part.length
    // The end of the input is the end of the tunnel, so not before all is back.
    if (size >= data.length) child.stdin.end()
  })
  child.stdin.write(data)
  const [code] = await once(child, 'close')
  expect({ code, said: await said }).toEqual({ code: 0, said: '{"kind":"closed"}' })
  expect(Buffer.concat(parts).equals(data)).toBe(true)
  expect(proxy.asked).toEqual([`${dnsName}:443`])
  expect(hosts).toEqual([dnsName])
  // RFC 6455, 5.3: only what stays on this computer goes without.
  expect((firstBytes[0] ?? 0) & 0x80).toBe(0x80)
  proxy.close()
  server.close()
}, 60_000)
