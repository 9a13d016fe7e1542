import { parseAwsHost } from './aws-host.ts'
import { headerOf, type Incoming } from './incoming.ts'

/**
 * A page in a browser can send requests to 127.0.0.1, and with a name that resolves to it (DNS rebinding) even read
 * the answers. It cannot do so without its own Host, or across sites without an Origin. No AWS client sends either.
 */
export const decideForeign = (incoming: Pick<Incoming, 'headers'>, port: number): string | undefined => {
  if (headerOf(incoming, 'origin') !== undefined) return 'requests from web pages are not answered'
  const host = headerOf(incoming, 'host')
  if (host === `127.0.0.1:${port}` || host === `localhost:${port}`) return undefined
  return 'only requests to 127.0.0.1 are answered'
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Ec2InstanceConnectEndpoint.html */
const tunnelHost =
  /^eice-[0-9a-f]{8,17}\.[0-9a-f]{8}\.(?:fips\.)?ec2-instance-connect-endpoint\.[a-z0-9-]+\.amazonaws\.com(?::\d+)?$/

/**
 * A tunnel is signed for the name of its endpoint, wherever the connection goes. No page can send such a Host: the name
 * belongs to AWS, so nobody makes it lead here.
 */
export const decideForeignUpgrade = (
  incoming: Pick<Incoming, 'headers'>,
  port: number,
): string | undefined =>
  headerOf(incoming, 'origin') === undefined && tunnelHost.test(headerOf(incoming, 'host') ?? '')
    ? undefined
    : decideForeign(incoming, port)

/** The door inside a guest is where the names of AWS lead, so it answers to them and to nothing else. */
export const decideForeignToAws = (incoming: Pick<Incoming, 'headers'>): string | undefined =>
  parseAwsHost(headerOf(incoming, 'host') ?? '') === undefined
    ? 'only names below amazonaws.com are answered'
    : undefined
