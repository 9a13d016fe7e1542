import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import { makeInstance } from '../imds/instance.ts'
import { curl, openHouse, tokenOf } from './house.ts'
import { startNested, withoutRoot } from './namespace.ts'

const { house, openGuest } = openHouse()

const listenOn = (host: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end('the machine outside'))
    house.undo.push(() => server.close())
    server.on('error', reject)
    server.listen({ host, port: 0 }, () => resolve(server))
  })

const portOf = (server: Server) => (server.address() as { port: number }).port

describe.skipIf(withoutRoot)('a guest (needs root)', () => {
  const outside = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address }) => address)

  test('reaches no address of the machine outside', async () => {
    const { guest } = await openGuest()
    expect(outside.length).toBeGreaterThan(1)
    for (const address of outside) {
      const port = portOf(await listenOn(address))
      await expect(curl(guest, '--max-time', '2', `http://${address}:${port}/`)).rejects.toThrow(/connect/)
    }
  })

  test('has one interface, and no route to anywhere', async () => {
    const { guest } = await openGuest()
    const links = JSON.parse(await guest.run(['ip', '-j', 'address'])) as {
      ifname: string
      addr_info: { local: string; prefixlen: number }[]
    }[]
    expect(links.map(({ ifname }) => ifname)).toEqual(['lo'])
    const addresses = links[0]?.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`)
    // Where the kernel has no IPv6, lo has no address of it.
    expect(addresses?.filter((one) => one !== '::1/128').sort()).toEqual([
      '10.20.16.4/32',
      '127.0.0.1/8',
      '169.254.169.253/32',
      '169.254.169.254/32',
    ])
    expect(await guest.run(['ip', 'route'])).toBe('')
  })

  test('gets its own metadata, not that of its neighbour', async () => {
    const one = await openGuest(makeInstance({ instanceId: 'i-one', metadata: { tokens: 'optional' } }))
    const two = await openGuest(makeInstance({ instanceId: 'i-two', metadata: { tokens: 'optional' } }))
    const url = 'http://169.254.169.254/latest/meta-data/instance-id'
    expect(await curl(one.guest, url)).toBe('i-one')
    expect(await curl(two.guest, url)).toBe('i-two')
  })

  test('nothing is opened in the network of the machine outside', async () => {
    const door = { door: 'x', type: 'tcp', host: '127.0.0.1', port: 0 } as const
    await expect(house.opener.open(process.pid, ['169.254.169.254'], [door], () => {})).rejects.toThrow(
      /of its own/,
    )
    await expect(house.opener.dial(process.pid, portOf(await listenOn('127.0.0.1')))).rejects.toThrow(
      /of its own/,
    )
    expect(Object.values(networkInterfaces()).flatMap((list) => list ?? [])).not.toContainEqual(
      expect.objectContaining({ address: '169.254.169.254' }),
    )
  })
})

test.skipIf(withoutRoot)(
  'a container in a guest: no token with a hop limit of 1, one with 2 (needs root)',
  async () => {
    const opened = await openGuest()
    const nested = await startNested(opened.guest)
    house.undo.push(() => nested.close())
    await expect(tokenOf(nested)).rejects.toThrow(/Empty reply|reset/)
    expect(await tokenOf(opened.guest)).toHaveLength(56)
    opened.instance = makeInstance({ metadata: { hopLimit: 2 } })
    expect(await tokenOf(nested)).toHaveLength(56)
  },
)
