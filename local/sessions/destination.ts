import { BlockList, isIP, type Socket } from 'node:net'
import { type ProgramTools, StartFailure } from './program.ts'

/** Where the connections of a port session go. */
export interface Destination {
  /** For people. */
  readonly name: string
  /** Rejects as connect does, with a `code`. */
  dial(): Promise<Socket>
}

/**
 * What lends a machine its identity, and the machine itself, which has a document of its own.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html
 * https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/appconfig/constants.go
 */
const createForbidden = (): BlockList => {
  const list = new BlockList()
  for (const last of ['254', '253', '123', '250', '251']) list.addAddress(`169.254.169.${last}`)
  for (const last of ['2', '23']) list.addAddress(`169.254.170.${last}`)
  for (const last of ['254', '253', '123', '240', '23']) list.addAddress(`fd00:ec2::${last}`, 'ipv6')
  list.addSubnet('127.0.0.0', 8)
  list.addSubnet('0.0.0.0', 8)
  for (const own of ['::1', '::']) list.addAddress(own, 'ipv6')
  return list
}
const forbidden = createForbidden()

/** Also when it is written as an IPv6 address: BlockList looks through `::ffff:`. */
export const isForbidden = (address: string): boolean =>
  forbidden.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** First word of each line of `getent ahosts`, once. */
export const parseAddresses = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.split(/\s/)[0] ?? '')
      .filter((word) => isIP(word) !== 0),
  ),
]

/** Names mean in a guest what they mean there, and not what they mean here. */
const resolve = async ({ reach, instanceId }: ProgramTools, host: string): Promise<string[]> => {
  if (isIP(host) !== 0) return [host]
  if (!/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,252})$/.test(host))
    throw new StartFailure(
      `Connection to destination port failed: ${JSON.stringify(host)} is no name of a host`,
    )
  const { stdout } = await reach.run(instanceId, ['getent', 'ahosts', host])
  const found = parseAddresses(stdout.toString())
  if (found.length > 0) return found
  throw new StartFailure(`Connection to destination port failed: ${host}: the machine finds no such host`)
}

const dialAny = async ({ reach, instanceId }: ProgramTools, addresses: readonly string[], port: number) => {
  let failure: unknown
  for (const address of addresses) {
    try {
      return await reach.dial(instanceId, port, address)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/**
 * Connections are made from within the network of the guest, never from ours: what it does not reach, nobody reaches
 * through it. Names are looked up once, as in the agent, so what was allowed stays what is dialled.
 * @param host empty for the machine itself
 */
export const findDestination = async (
  tools: ProgramTools,
  host: string,
  port: number,
): Promise<Destination> => {
  const { reach, instanceId } = tools
  if (host === '') return { name: `localhost:${port}`, dial: () => reach.dial(instanceId, port) }
  const addresses = await resolve(tools, host)
  if (addresses.some(isForbidden)) throw new StartFailure(`Forwarding to IP address ${host} is forbidden.`)
  return { name: `${host}:${port}`, dial: () => dialAny(tools, addresses, port) }
}
