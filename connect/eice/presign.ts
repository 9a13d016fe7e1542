import { SignatureV4 } from '@smithy/signature-v4'
import { Sha256 } from '../sha256.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** One TCP connection through an EC2 Instance Connect Endpoint. */
export interface TunnelRequest {
  readonly region: string
  readonly endpointId: string
  /** Of the endpoint; it is what the signature is for, wherever the connection really goes. */
  readonly dnsName: string
  /** IPv4 or IPv6 address of the instance in its subnet. */
  readonly privateIp: string
  /** 22 or 3389. */
  readonly port: number
  /** Seconds, 1 to 3600. A policy that caps it refuses requests that name none. */
  readonly maxSeconds: number
}

/** Seconds a signed address is good for; it is made right before it is used. */
const lifetime = 60

const encode = (value: string): string =>
  encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * Path and query of the websocket that is the tunnel, signed for the endpoint's name.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html
 */
export const presignTunnel = async (
  request: TunnelRequest,
  credentials: Credentials,
  now: Date,
): Promise<string> => {
  const signer = new SignatureV4({
    service: 'ec2-instance-connect',
    region: request.region,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
    },
    sha256: Sha256,
    applyChecksum: false,
  })
  const { path, query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: request.dnsName,
      path: '/openTunnel',
      headers: { host: request.dnsName },
      query: {
        instanceConnectEndpointId: request.endpointId,
        remotePort: String(request.port),
        privateIpAddress: request.privateIp,
        maxTunnelDuration: String(request.maxSeconds),
      },
    },
    { expiresIn: lifetime, signingDate: now },
  )
  const words = Object.entries(query).map(([key, value]) => `${encode(key)}=${encode(String(value))}`)
  return `${path}?${words.join('&')}`
}
