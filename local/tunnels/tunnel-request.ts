import { isIP } from 'node:net'
import { printable } from '../../config/user-name.ts'
import type { AwsError } from '../gateway/errors.ts'

/** What the query of `/openTunnel` asks for. */
export interface TunnelRequest {
  readonly endpointId: string
  readonly privateIp: string
  readonly port: number
  readonly maxSeconds: number
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html */
const ports = ['22', '3389']
export const longestTunnel = 3600

/** In the words of AWS as people have met them: https://github.com/aidansteele/rdsconn/issues/5 */
const invalid = (name: string, how: string): AwsError => ({
  status: 400,
  code: 'InvalidParameter',
  message: `The specified ${name} is not valid. Specify ${how} and retry your request.`,
})

const parseSeconds = (text: string | null): number | undefined => {
  if (text === null) return longestTunnel
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0
  return seconds >= 1 && seconds <= longestTunnel ? seconds : undefined
}

export const parseTunnelRequest = (query: string): TunnelRequest | AwsError => {
  const asked = new URLSearchParams(query)
  // Policies are asked about what is carried out: a name that is there twice, or as the last part of another as in
  // forms of the query protocol, could mean one thing to them and another one here.
  const names = [...asked.keys()]
  const odd = names.find((name, index) => name.includes('.') || names.indexOf(name) !== index)
  if (odd !== undefined) return invalid(printable(odd), 'each parameter once, under its own name,')
  const endpointId = asked.get('instanceConnectEndpointId') ?? ''
  if (!/^eice-[0-9a-f]{8,17}$/.test(endpointId))
    return invalid('InstanceConnectEndpointId', 'the id of an endpoint')
  const port = asked.get('remotePort') ?? ''
  if (!ports.includes(port)) return invalid('RemotePort', 'either 22 or 3389 as the RemotePort')
  const privateIp = asked.get('privateIpAddress') ?? ''
  if (isIP(privateIp) === 0) return invalid('PrivateIpAddress', 'a private IP address')
  const maxSeconds = parseSeconds(asked.get('maxTunnelDuration'))
  if (maxSeconds === undefined) return invalid('MaxTunnelDuration', `a number from 1 to ${longestTunnel}`)
  return { endpointId, privateIp, port: Number(port), maxSeconds }
}
