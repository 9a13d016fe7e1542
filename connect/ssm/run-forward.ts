import { createServer, type Server } from 'node:net'
import { channelFlag } from '../../protocol/ssm/payload.ts'
import { planAgentFeatures } from '../../protocol/ssm/version.ts'
import type { ChannelTrouble } from './channel.ts'
import type { Connector } from './connector.ts'
import { Mux } from './mux.ts'
import type { Opening, Session, SessionEnd } from './session.ts'
import { SingleConnection } from './single-connection.ts'
import { tidyUp } from './tidy-up.ts'

export interface ForwardOptions {
  /** 0: any that is free. */
  readonly localPort: number
  /** Ends the forwarding; that is no failure. */
  readonly signal: AbortSignal
  readonly onListening: (port: number, many: boolean) => void
  /** Nobody took the connection on the other side. */
  readonly onRefused: () => void
  readonly onTrouble: (trouble: ChannelTrouble) => void
}

/** The port here is taken, or not ours to take. */
export class ListenFailure extends Error {
  override readonly name = 'ListenFailure'
  readonly port: number
  readonly code: string | undefined
  constructor(port: number, cause: NodeJS.ErrnoException) {
    super(`cannot listen on 127.0.0.1:${port}: ${cause.code ?? cause.message}`, { cause })
    this.port = port
    this.code = cause.code
  }
}

const loopback = '127.0.0.1'

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ListenFailure(port, error)))
    server.listen(port, loopback, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

const createCarrier = (session: Session, { agentVersion, type }: Opening): Mux | SingleConnection => {
  const { write, hold, release } = session
  const many = planAgentFeatures(agentVersion).multiplex && type.Properties?.type === 'LocalPortForwarding'
  return many
    ? new Mux({ write, hold, release })
    : new SingleConnection({
        ...{ write, hold, release },
        disconnect: () => session.flag(channelFlag.disconnectToPort),
      })
}

/**
 * A port here that leads to a port there, until somebody ends it. @throws ListenFailure before anything else, or what
 * dialling threw
 */
export const runForward = async (connect: Connector, options: ForwardOptions): Promise<SessionEnd> => {
  const { signal, onListening, onRefused, onTrouble } = options
  let carrier: Mux | SingleConnection | undefined
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: false }, (socket) => {
    if (carrier === undefined) socket.destroy()
    else carrier.carry(socket)
  })
  let port = options.localPort
  const session = connect({
    onReady: (opening) => {
      carrier ??= createCarrier(session, opening)
      onListening(port, carrier instanceof Mux)
    },
    onOutput: (data) => carrier?.receive(data),
    onErrorOutput: () => {},
    onDrain: () => carrier?.resume(),
    onFlag: (flag) => flag === channelFlag.connectToPortError && onRefused(),
    onTrouble,
  })
  const leave = () => {
    session.flag(channelFlag.terminateSession)
    session.leave()
  }
  signal.addEventListener('abort', leave, { once: true })
  try {
    port = await listen(server, options.localPort)
    if (signal.aborted) session.leave()
    await session.open()
    const end = await session.ended
    await tidyUp(session, end)
    return end
  } catch (error) {
    if (error instanceof ListenFailure) await session.terminate()
    throw error
  } finally {
    signal.removeEventListener('abort', leave)
    carrier?.closeAll()
    server.close()
  }
}
