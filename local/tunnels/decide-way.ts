import { compileRange } from '../../iam/address.ts'

/** One rule of a security group. A list of prefixes is none of these sources, and lets nothing through here. */
export interface Rule {
  /** tcp, 6, or -1 for everything. */
  readonly protocol: string
  readonly from: number
  readonly to: number
  readonly cidr: string | null
  readonly group: string | null
}

/** What the books say about both ends of a tunnel: `GET /_shim/tunnel`. */
export interface TunnelFacts {
  readonly endpoint: {
    readonly state: string
    readonly dnsName: string
    /** Of its network interface. */
    readonly address: string | null
    readonly preserveClientIp: boolean
    readonly groups: readonly string[]
    readonly egress: readonly Rule[]
  } | null
  /** Whose address it is, in the network of the endpoint. */
  readonly instance: {
    readonly instanceId: string
    readonly state: string
    readonly groups: readonly string[]
    readonly ingress: readonly Rule[]
  } | null
}

export type Way =
  | { readonly kind: 'open'; readonly instanceId: string }
  /** For the log. The client of AWS hears that nothing answers, whatever the reason is. */
  | { readonly kind: 'shut'; readonly why: string }

interface Side {
  readonly address: string
  readonly groups: readonly string[]
}

const lets = (rules: readonly Rule[], port: number, other: Side): boolean =>
  rules.some(
    ({ protocol, from, to, cidr, group }) =>
      ['tcp', '6', '-1'].includes(protocol) &&
      from <= port &&
      port <= to &&
      ((group !== null && other.groups.includes(group)) ||
        (cidr !== null && compileRange(cidr)(other.address))),
  )

/**
 * Whether the first packet arrives; answers to it do, security groups remember connections.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-security-groups.html
 * @param clientIp of who opened the tunnel, which the machine sees when the endpoint preserves it
 */
export const decideWay = (
  { endpoint, instance }: TunnelFacts,
  { privateIp, port }: { readonly privateIp: string; readonly port: number },
  clientIp: string,
): Way => {
  const shut = (why: string): Way => ({ kind: 'shut', why })
  if (endpoint === null) return shut('there is no such endpoint')
  if (instance === null) return shut(`no machine in its network has the address ${privateIp}`)
  const { instanceId, state, groups, ingress } = instance
  if (state !== 'running') return shut(`${instanceId} is ${state}`)
  if (!lets(endpoint.egress, port, { address: privateIp, groups }))
    return shut(`no rule of ${endpoint.groups.join(', ')} lets port ${port} out to ${instanceId}`)
  const from = endpoint.preserveClientIp ? clientIp : (endpoint.address ?? '')
  if (!lets(ingress, port, { address: from, groups: endpoint.groups }))
    return shut(`no rule of ${groups.join(', ')} lets port ${port} of ${instanceId} in from the endpoint`)
  return { kind: 'open', instanceId }
}
