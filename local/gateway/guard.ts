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

/** The door inside a guest is where the names of AWS lead, so it answers to them and to nothing else. */
export const decideForeignToAws = (incoming: Pick<Incoming, 'headers'>): string | undefined =>
  parseAwsHost(headerOf(incoming, 'host') ?? '') === undefined
    ? 'only names below amazonaws.com are answered'
    : undefined
