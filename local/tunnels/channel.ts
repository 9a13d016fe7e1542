import type { Socket } from 'node:net'
import { type ByteSocket, closeCode } from '../../protocol/websocket/byte-socket.ts'
import type { Desk } from '../gateway/answer.ts'
import type { AwsError } from '../gateway/errors.ts'
import type { Head, Incoming } from '../gateway/incoming.ts'
import type { Reply } from '../gateway/reply.ts'
import { type Gateway, planRecord } from '../gateway/server.ts'
import type { Admission, Channel } from '../gateway/upgrade.ts'
import { carry } from './carry.ts'
import { decideWay, type Way } from './decide-way.ts'
import { type FindTunnel, type Judged, judgeTunnel } from './judge.ts'
import type { TunnelRequest } from './tunnel-request.ts'

export interface TunnelsOptions {
  readonly gateway: () => Pick<Gateway, 'journal' | 'activity'>
  readonly find: FindTunnel
  /** Rejects as connect does. */
  readonly dial: (instanceId: string, port: number) => Promise<Socket>
  readonly log: (line: string) => void
}

export const tunnelPath = '/openTunnel'

/** Connections at a time through one endpoint.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-quotas.html */
export const mostTunnels = 20

/** Milliseconds between two notes that somebody is still connected, so that the gateway does not leave. */
const often = 5000

const tooMany = (endpointId: string): AwsError => ({
  status: 429,
  code: 'LimitExceeded',
  message: `The instance connect endpoint ${endpointId} has ${mostTunnels} connections, the most it takes.`,
})

/** In the shape that the endpoint of AWS answers: https://github.com/aidansteele/rdsconn/issues/5 */
const renderRefusal = ({ status, code, message }: AwsError): Reply => ({
  status,
  headers: [
    ['content-type', 'application/json'],
    ['x-amzn-errortype', code],
  ],
  body: Buffer.from(JSON.stringify({ ErrorCode: code, Message: message })),
})

const switching: Reply = { status: 101, headers: [], body: Buffer.alloc(0) }

/** Tunnels of EC2 Instance Connect Endpoints: one websocket is one connection to a port of a machine. */
export const createTunnels = ({ gateway, find, dial, log }: TunnelsOptions) => {
  const open = new Map<ByteSocket, string>()
  const countOf = (endpointId: string) => [...open.values()].filter((one) => one === endpointId).length

  const record = (incoming: Incoming, { call, principal }: Judged, reply: Reply, began: number): void => {
    const { activity, journal } = gateway()
    activity.count(reply.status)
    const ms = performance.now() - began
    journal.write(planRecord(incoming, { call, principal, reply }, new Date(Date.now() - ms), ms))
  }

  const connect = async (
    client: ByteSocket,
    way: Way,
    { endpointId, port }: TunnelRequest,
  ): Promise<void> => {
    try {
      if (way.kind === 'shut') throw new Error(way.why)
      const socket = await dial(way.instanceId, port)
      // The client has left meanwhile.
      if (!client.isOpen) return void socket.destroy()
      carry(client, socket)
    } catch (error) {
      log(`tunnel of ${endpointId}: ${(error as Error).message}`)
      // Packets that no rule lets through are dropped, so the endpoint itself knows no more than this.
      client.discard(closeCode.trouble, 'Unable to connect to target')
    }
  }

  const take = (client: ByteSocket, way: Way, request: TunnelRequest): void => {
    open.set(client, request.endpointId)
    const end = setTimeout(
      () => client.discard(closeCode.violation, 'Maximum tunnel duration reached'),
      request.maxSeconds * 1000,
    )
    const awake = setInterval(() => gateway().activity.touch(), often)
    void client.closed.then(() => {
      clearTimeout(end)
      clearInterval(awake)
      open.delete(client)
    })
    void connect(client, way, request)
  }

  const channel: Channel = async (desk: Desk, head: Head): Promise<Admission> => {
    const [incoming, began] = [{ ...head, body: Buffer.alloc(0) }, performance.now()]
    const judged = await judgeTunnel(desk, find, incoming)
    const { outcome } = judged
    const full = outcome.kind === 'admitted' && countOf(outcome.request.endpointId) >= mostTunnels
    if (outcome.kind === 'refused' || full) {
      const error = outcome.kind === 'refused' ? outcome.error : tooMany(outcome.request.endpointId)
      const reply = renderRefusal(error)
      record(incoming, judged, reply, began)
      return { kind: 'refused', reply }
    }
    const { request, facts } = outcome
    const way = decideWay(facts, request, head.source.replace(/:\d*$/, ''))
    record(incoming, judged, switching, began)
    return { kind: 'admitted-bytes', take: (client) => take(client, way, request) }
  }
  return {
    findChannel: ({ path }: Head): Channel | undefined => (path === tunnelPath ? channel : undefined),
    close(): void {
      for (const client of open.keys()) client.terminate()
    },
  }
}
