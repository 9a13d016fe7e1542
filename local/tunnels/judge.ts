import type { Desk } from '../gateway/answer.ts'
import type { Call } from '../gateway/classify.ts'
import { type Credential, parseCredential } from '../gateway/credential.ts'
import { type AwsError, planRefusal } from '../gateway/errors.ts'
import { headerOf, type Incoming } from '../gateway/incoming.ts'
import type { Principal } from '../gateway/principals.ts'
import { dateOf, verifySignature } from '../gateway/verify-signature.ts'
import type { TunnelFacts } from './decide-way.ts'
import { parseTunnelRequest, type TunnelRequest } from './tunnel-request.ts'

export interface Judged {
  readonly call: Call
  readonly principal: Principal | undefined
  readonly outcome:
    | { readonly kind: 'refused'; readonly error: AwsError }
    | { readonly kind: 'admitted'; readonly request: TunnelRequest; readonly facts: TunnelFacts }
}

export type FindTunnel = (region: string, request: TunnelRequest) => Promise<TunnelFacts>

const service = 'ec2-instance-connect'
/** So much a clock may be fast. https://docs.aws.amazon.com/IAM/latest/UserGuide/signing-elements.html */
const allowedSkew = 5 * 60_000

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Ec2InstanceConnectEndpoint.html */
const usable = ['create-complete', 'update-in-progress', 'update-failed', 'update-complete']

const planCall = (credential: Credential | undefined): Call => ({
  ...{ service, operation: 'OpenTunnel', label: `${service}/OpenTunnel` },
  region: credential?.region ?? '',
  // What it asks for stands in the query, as in a form.
  protocol: 'query',
})

const decideScope = (credential: Credential, now: number): AwsError | undefined => {
  const because = (message: string): AwsError => ({ status: 403, code: 'SignatureDoesNotMatch', message })
  if (credential.service !== service)
    return because(`Credential should be scoped to correct service: '${service}'.`)
  return dateOf(credential.time) - now > allowedSkew
    ? because(`Signature not yet current: ${credential.time} is still later than the time of the server.`)
    : undefined
}

const decideEndpoint = ({ endpoint }: TunnelFacts, { endpointId }: TunnelRequest, incoming: Incoming) => {
  const because = (message: string): AwsError => ({ status: 400, code: 'InvalidParameter', message })
  if (endpoint === null)
    return because(`The specified InstanceConnectEndpointId ${endpointId} does not exist.`)
  if (!usable.includes(endpoint.state))
    return because(`The instance connect endpoint ${endpointId} is in the state ${endpoint.state}.`)
  const host = (headerOf(incoming, 'host') ?? '').replace(/:\d+$/, '')
  return host === endpoint.dnsName
    ? undefined
    : because(`The instance connect endpoint ${endpointId} has another name than ${host}.`)
}

/** Who asks, for what, and whether that is allowed. Nothing is dialled yet. */
export const judgeTunnel = async (desk: Desk, find: FindTunnel, incoming: Incoming): Promise<Judged> => {
  const credential = parseCredential(incoming)
  const call = planCall(credential)
  const refused = (error: AwsError, principal?: Principal): Judged => ({
    ...{ call, principal, outcome: { kind: 'refused', error } },
  })
  if (credential === undefined) return refused(planRefusal(call.protocol, 'no-signature'))
  const principal = await desk.principals.find(credential.accessKeyId)
  if (principal === undefined) return refused(planRefusal(call.protocol, 'unknown-key'))
  const refusal = verifySignature(incoming, credential, principal, desk.now())
  if (refusal !== undefined) return refused(planRefusal(call.protocol, refusal))
  const wrongScope = decideScope(credential, desk.now())
  if (wrongScope !== undefined) return refused(wrongScope)
  const request = parseTunnelRequest(incoming.query)
  if ('code' in request) return refused(request, principal)
  const denied = await desk.access.findDenial(incoming, call, principal)
  if (denied !== undefined) return refused(denied, principal)
  const fault = desk.faults?.take(call, incoming)
  if (fault !== undefined) return refused(fault, principal)
  const facts = await find(call.region, request)
  const wrongEndpoint = decideEndpoint(facts, request, incoming)
  if (wrongEndpoint !== undefined) return refused(wrongEndpoint, principal)
  return { call, principal, outcome: { kind: 'admitted', request, facts } }
}
