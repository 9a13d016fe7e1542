import type { Socket as Datagrams } from 'node:dgram'
import type { Server as Listening, Socket } from 'node:net'
import type { Instance } from '../guests/instance.ts'
import type { MetadataDesk } from '../imds/answer.ts'
import { metadataAddress, resolverAddress } from '../imds/hops.ts'
import type { Zone } from './dns.ts'
import { serveDatagrams, serveStreams } from './dns-server.ts'
import { createEndpointServer, type EndpointOptions } from './endpoint-server.ts'
import { createMetadataServer } from './metadata-server.ts'
import type { Handle, Listen, Opener } from './opener.ts'

/** Everything that listens inside one guest. */
export interface Doors {
  /** Resolves when the addresses are free again. Who is connected is cut off. */
  close(): Promise<void>
}

export interface DoorsOptions extends EndpointOptions {
  readonly opener: Opener
  /** A process of the guest, in its network namespace. */
  readonly pid: number
  /** Asked for at each request: options and tags change while the guest runs. */
  readonly instance: () => Instance
  readonly metadata: MetadataDesk
  /** Once, at the first sign of life: the guest's network works. */
  readonly onContact: (door: string) => void
}

/** The endpoints share the address of the resolver: in a guest there is nobody else on it. */
export const endpointAddress = resolverAddress

const listens: readonly Listen[] = [
  { door: 'metadata', type: 'tcp', host: metadataAddress, port: 80 },
  { door: 'endpoint', type: 'tcp', host: endpointAddress, port: 443 },
  { door: 'names', type: 'udp', host: resolverAddress, port: 53 },
  { door: 'long-names', type: 'tcp', host: resolverAddress, port: 53 },
]

export const planZone = ({ network }: Pick<Instance, 'network'>): Zone => ({
  own: [network.privateDnsName.toLowerCase()],
  privateIp: network.privateIp,
  endpoint: endpointAddress,
})

/** Connections outlive the socket that accepted them; those of a guest that is gone never say so. */
const closerOf = (server: Listening): (() => Promise<void>) => {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  return () => {
    for (const socket of open) socket.destroy()
    return new Promise((done) => server.close(() => done()))
  }
}

/**
 * After each start of a guest, since that brings a new namespace; and in the same one after a restart of the gateway,
 * whose sockets ended with it. Rejects when the guest is gone or somebody listens there already.
 */
export const openDoors = async (options: DoorsOptions): Promise<Doors> => {
  const { opener, pid, instance, metadata, log, onContact } = options
  const metadataServer = createMetadataServer(metadata, instance, log)
  const endpointServer = createEndpointServer(options)
  const zone = () => planZone(instance())
  const closers: (() => Promise<void>)[] = []
  let seen = false
  const contact = (door: string) => () => {
    if (!seen) onContact(door)
    seen = true
  }

  // A guest that boots does not wait for us: it may be asking when the first of them has just been opened.
  const take = (door: string, handle: Handle) => {
    if (door === 'names') {
      const socket = handle as Datagrams
      socket.once('message', contact(door))
      serveDatagrams(socket, zone)
      closers.push(() => new Promise((done) => socket.close(() => done())))
      return
    }
    const server = handle as Listening
    server.once('connection', contact(door))
    if (door === 'metadata') server.on('connection', (socket) => metadataServer.emit('connection', socket))
    if (door === 'endpoint') server.on('connection', (socket) => endpointServer.emit('connection', socket))
    if (door === 'long-names') serveStreams(server, zone)
    closers.push(closerOf(server))
  }
  const addresses = [metadataAddress, resolverAddress, instance().network.privateIp]
  await opener.open(pid, addresses, listens, take)
  let closing: Promise<unknown> | undefined
  return {
    async close() {
      closing ??= Promise.all(closers.map((close) => close()))
      await closing
    },
  }
}
