import type { Credential } from './credential.ts'
import { headerOf, type Incoming } from './incoming.ts'
import { nameRestOperation } from './rest-operations.ts'

/** How a service speaks, and so how its errors must look. */
export type Protocol = 'ec2' | 'query' | 'json' | 'rest-json' | 's3'

export interface Call {
  readonly service: string
  readonly region: string
  /** As AWS calls it, e.g. RunInstances. */
  readonly operation: string
  readonly protocol: Protocol
  /** `<service>/<Operation>` as the shim wants it: REST services are told apart by method there. */
  readonly label: string
}

const actionIn = (text: string): string | undefined => {
  const found = /(?:^|&)Action=([A-Za-z0-9]+)/.exec(text)
  return found?.[1]
}

const formAction = (incoming: Incoming): string | undefined => {
  const inQuery = actionIn(incoming.query)
  if (inQuery !== undefined) return inQuery
  const type = headerOf(incoming, 'content-type') ?? ''
  // boto writes Action first, Go sorts; user data of 16 KB stands behind it either way in a form of this size.
  return type.startsWith('application/x-www-form-urlencoded')
    ? actionIn(incoming.body.toString('latin1', 0, 65_536))
    : undefined
}

const cborOperation = (path: string): string | undefined =>
  /^\/service\/[^/]+\/operation\/([A-Za-z0-9]+)$/.exec(path)?.[1]

/** Names of services in a signature that are one service with one set of operations. */
const sameService: Readonly<Record<string, string>> = { s3express: 's3', 's3-outposts': 's3' }

/** Service and region from the signature, never from the host: everything arrives at 127.0.0.1. */
export const classify = (
  incoming: Incoming,
  scope: Pick<Credential, 'service' | 'region'> | undefined,
): Call => {
  const service = sameService[scope?.service ?? ''] ?? scope?.service ?? 's3'
  const region = scope?.region ?? ''
  if (service === 's3') {
    const operation = nameRestOperation(service, incoming)
    return { service, region, operation, protocol: 's3', label: `s3/${incoming.method}` }
  }
  const named = headerOf(incoming, 'x-amz-target')?.split('.').at(-1) ?? cborOperation(incoming.path)
  if (named !== undefined)
    return { service, region, operation: named, protocol: 'json', label: `${service}/${named}` }
  const action = formAction(incoming)
  if (action !== undefined)
    return {
      service,
      region,
      operation: action,
      protocol: service === 'ec2' ? 'ec2' : 'query',
      label: `${service}/${action}`,
    }
  const operation = nameRestOperation(service, incoming)
  return { service, region, operation, protocol: 'rest-json', label: `${service}/${incoming.method}` }
}

/** As the shim decides it: everything that is not plainly a read changes something. */
export const isRead = ({ service, operation, label }: Call): boolean =>
  service === 's3' || label.endsWith('/GET') || label.endsWith('/HEAD')
    ? /\/(GET|HEAD)$/.test(label)
    : /^(Describe|List|Get|Head|Lookup|Search|Simulate|Validate|Test)/.test(operation)
