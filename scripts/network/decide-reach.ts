import { names } from '../../config/names.ts'
import type { NetworkSpec } from '../../config/spec.ts'
import { compilePolicy, type Policy } from '../../iam/compile.ts'
import { evaluate } from '../../iam/evaluate.ts'
import { parseCaller } from '../../iam/principal.ts'
import type { NetworkGround, Problem } from './ground.ts'
import { covers } from './ranges.ts'

/** What a machine calls there at the least, by the service of the endpoint. */
const needed: Readonly<Record<string, { readonly action: string; readonly resource: string }>> = {
  ssm: { action: 'ssm:UpdateInstanceInformation', resource: '*' },
  ssmmessages: { action: 'ssmmessages:OpenDataChannel', resource: '*' },
  ec2messages: { action: 'ec2messages:GetMessages', resource: '*' },
  logs: { action: 'logs:PutLogEvents', resource: names.sessionLogGroup },
  sts: { action: 'sts:AssumeRole', resource: 'kiro-readonly-somebody' },
}

const services = Object.keys(needed)

/** NAT, transit gateways and appliances lead out; an internet gateway only what has a public address. */
const leadsOut = ({ routes }: NetworkGround['subnets'][number]): boolean =>
  routes.includes('nat') || routes.includes('elsewhere')

const decideRoute = (
  { endpoints }: NetworkGround,
  { egress, region }: NetworkSpec,
  subnet: NetworkGround['subnets'][number],
): Problem[] => {
  const fenced = egress === 'locked'
  if (!fenced && leadsOut(subnet)) return []
  const missing = services.filter((service) => !endpoints.some((one) => one.service === service))
  if (missing.length > 0) {
    const why = fenced
      ? 'egress is locked'
      : subnet.routes.includes('internet gateway')
        ? `${subnet.id} leads to an internet gateway, which is of no use without a public address`
        : `${subnet.id} has no route to the internet`
    return [
      {
        message: `${why}, and the VPC has no interface endpoint of ${missing.join(', ')}: no session would begin`,
        hint: fenced
          ? `make those endpoints (com.amazonaws.${region}.${missing[0]} ...), or "egress": "balanced" or "open" in network`
          : `take a subnet with a NAT gateway, make those endpoints, or "mode": "managed" in network`,
      },
    ]
  }
  if (subnet.routes.includes('s3 endpoint')) return []
  return [
    {
      message: `${subnet.id} has no route to S3, where packages and images of builds are`,
      hint: `make a gateway endpoint of com.amazonaws.${region}.s3 and give it the route table of that subnet`,
    },
  ]
}

const letsIn = (ground: NetworkGround, groupIds: readonly string[], range: string): boolean =>
  groupIds.some((id) => {
    const group = ground.groups.find((one) => one.id === id)
    // One that could not be read is left to whoever made it.
    if (group === undefined) return true
    return group.rules.some(
      ({ out, protocol, from, to, range: allowed }) =>
        !out &&
        (protocol === '-1' || (protocol === 'tcp' && from <= 443 && 443 <= to)) &&
        allowed !== undefined &&
        covers(allowed, range),
    )
  })

const everything = compilePolicy('machine', {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
})

const trust = (accountId: string): Policy =>
  compilePolicy('trust', {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: 'sts:AssumeRole',
    },
  })

/** Policies with conditions are not judged: what they ask of is not known here. */
const refuses = (policy: Policy, spec: NetworkSpec, service: string): boolean => {
  const asked = needed[service]
  if (asked === undefined || policy.rules.some(({ conditions }) => conditions.length > 0)) return false
  const { accountId, region } = spec
  const arn =
    service === 'logs'
      ? `arn:aws:logs:${region}:${accountId}:log-group:${asked.resource}:log-stream:x`
      : service === 'sts'
        ? `arn:aws:iam::${accountId}:role/${asked.resource}`
        : asked.resource
  const caller = parseCaller(`arn:aws:sts::${accountId}:assumed-role/kiro-ec2-somebody/i-1`)
  const request = { caller, action: asked.action, resource: arn, context: {} }
  // A role is assumed only where its trust allows that too; that one is ours and does.
  const resource = service === 'sts' ? { resource: trust(accountId) } : {}
  return evaluate({ identity: [everything], session: policy, ...resource }, request).decision !== 'allow'
}

const decideEndpoint = (
  ground: NetworkGround,
  spec: NetworkSpec,
  endpoint: NetworkGround['endpoints'][number],
): Problem[] => {
  const { id, service, state, privateDns, groupIds, policy } = endpoint
  const at = `--region ${spec.region} --vpc-endpoint-id ${id}`
  const modify = `aws ec2 modify-vpc-endpoint ${at}`
  if (state.toLowerCase() !== 'available')
    return [{ message: `the endpoint of ${service} (${id}) is ${state}`, hint: 'wait until it is available' }]
  return [
    ...(privateDns
      ? []
      : [
          {
            message: `the endpoint of ${service} (${id}) has no private DNS name, so nobody finds it`,
            hint: `${modify} --private-dns-enabled`,
          },
        ]),
    ...(letsIn(ground, groupIds, spec.cidr)
      ? []
      : [
          {
            message: `the endpoint of ${service} (${id}) lets in no HTTPS from ${spec.cidr}`,
            hint: `aws ec2 authorize-security-group-ingress --region ${spec.region} --group-id ${groupIds[0] ?? '<group>'} --protocol tcp --port 443 --cidr ${spec.cidr}`,
          },
        ]),
    ...(refuses(compilePolicy(id, policy), spec, service)
      ? [
          {
            message: `the policy of the endpoint of ${service} (${id}) does not allow ${needed[service]?.action}`,
            hint: `allow it there, or ${modify} --reset-policy`,
          },
        ]
      : []),
  ]
}

/** Whether a machine in those subnets reaches Session Manager, its log and STS. Endpoints are used where they are. */
export const decideReach = (
  ground: NetworkGround,
  spec: NetworkSpec,
  subnetIds: readonly string[],
): Problem[] => [
  ...ground.subnets
    .filter(({ id }) => subnetIds.includes(id))
    .flatMap((subnet) => decideRoute(ground, spec, subnet)),
  ...ground.endpoints
    .filter(({ service }) => services.includes(service))
    .flatMap((endpoint) => decideEndpoint(ground, spec, endpoint)),
]
