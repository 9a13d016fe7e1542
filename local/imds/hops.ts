import type { Instance } from '../guests/instance.ts'

export const metadataAddress = '169.254.169.254'
/** https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
export const resolverAddress = '169.254.169.253'

/**
 * How many hops away a caller is, seen from the service. Whoever has an address of the instance is on it; any other
 * one comes through a bridge inside it, as a container does: that takes one off the TTL of an answer.
 */
export const countHops = (from: string, instance: Instance): number => {
  const address = from.replace(/^::ffff:/, '')
  const own = [metadataAddress, resolverAddress, instance.network.privateIp]
  return address.startsWith('127.') || own.includes(address) ? 1 : 2
}
