import { names } from '../../config/names.ts'
import type { ContextValues } from '../../iam/context.ts'
import type { Policies } from '../../iam/evaluate.ts'
import { type Caller, contextOfCaller, parseCaller } from '../../iam/principal.ts'
import { operatorPolicies } from '../access/operator-policy.ts'
import type { Question } from './ask.ts'
import type { Circumstance, Who, WindowName } from './row.ts'
import { documentName, type World } from './world.ts'

/** An outsider's laptop; also where thieves sit. */
const elsewhere = '198.51.100.77'

/** The role that each caller is a session of, its session name, and whose network it calls from. */
interface Identity {
  readonly role: string
  readonly session: string
  readonly from: 'sandbox' | 'other sandbox' | 'elsewhere'
  /** Credentials of the metadata service bear the marks of their instance. */
  readonly instance: boolean
}

const services: Readonly<Partial<Record<Who, string>>> = {
  EC2: 'ec2.amazonaws.com',
  Lambda: 'lambda.amazonaws.com',
  EventBridge: 'events.amazonaws.com',
  'CloudWatch Logs': 'logs.us-east-1.amazonaws.com',
  'log delivery': 'delivery.logs.amazonaws.com',
  'VPC flow logs': 'vpc-flow-logs.amazonaws.com',
}

const identityOf = (world: World, who: Who): Identity => {
  const { spec, own, other } = world
  const { accountId, user, region } = spec
  const role = (name: string, account = accountId) => `arn:aws:iam::${account}:role/${name}`
  const sso = role('aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_KiroEngineer_0a1b2c3d4e5f6071')
  const { sessionDomain } = spec.access.engineer
  const login = sessionDomain === undefined ? user : `${user}@${sessionDomain}`
  const at = (from: Identity['from'], instance = false) => ({ from, instance })
  switch (who) {
    case 'instance':
      return { role: role(names.ec2Role(user)), session: own.instanceId, ...at('sandbox', true) }
    case 'other instance':
      return {
        role: role(names.ec2Role(other.user)),
        session: other.instanceId,
        ...at('other sandbox', true),
      }
    case 'builder':
      return { role: role(names.imageBuilderRole(region)), session: 'i-0b1b', ...at('sandbox', true) }
    case 'flow logs':
      return { role: role(names.flowLogsRole(region)), session: 'flow-logs', ...at('elsewhere') }
    case 'readonly':
      return { role: role(names.readonlyRole(user)), session: user, ...at('sandbox') }
    case 'elevated':
      return { role: role(names.elevatedRole(user)), session: user, ...at('sandbox') }
    case 'alert forwarder':
      return { role: role(names.alerts.forwarder), session: 'rule', ...at('elsewhere') }
    case 'operator':
      return { role: role('Operator'), session: user, ...at('elsewhere') }
    case 'other account':
      return { role: role('Administrator', '999999999999'), session: user, ...at('elsewhere') }
    case 'administrator':
      return { role: role('Administrator'), session: user, ...at('elsewhere') }
    default: {
      const laptop = world.roles.get(who)
      if (laptop !== undefined) return { role: laptop.arn, session: login, ...at('elsewhere') }
      return { role: sso, session: login, ...at('elsewhere') }
    }
  }
}

const sessionOf = (role: string, session: string): Caller => {
  const name = role.slice(role.lastIndexOf('/') + 1)
  return parseCaller(
    role.replace(':iam:', ':sts:').replace(/:role\/.*$/, `:assumed-role/${name}/${session}`),
    role,
  )
}

/** Through an endpoint a request has a VPC and a private address, else the public one of the NAT gateway. */
const networkOf = ({ spec, own, other }: World, from: Identity['from']): ContextValues => {
  if (from === 'elsewhere') return { 'aws:SourceIp': elsewhere }
  const { mode, addresses } = spec.access.binding
  const ip = from === 'sandbox' ? own.privateIp : other.privateIp
  if (mode === 'vpce') return { 'aws:SourceVpc': spec.network.vpcId, 'aws:VpcSourceIp': ip }
  return { 'aws:SourceIp': addresses[0]?.replace(/\/\d+$/, '') ?? '203.0.113.10' }
}

const instanceKeys = ({ spec, own, other }: World, from: Identity['from']): ContextValues => {
  const { instanceId, privateIp } = from === 'sandbox' ? own : other
  return {
    'ec2:SourceInstanceARN': `arn:aws:ec2:${spec.region}:${spec.accountId}:instance/${instanceId}`,
    'aws:Ec2InstanceSourceVpc': spec.network.vpcId,
    'aws:Ec2InstanceSourcePrivateIPv4': privateIp,
    'ec2:RoleDelivery': '2.0',
  }
}

export interface AskingCaller {
  readonly caller: Caller
  readonly context: ContextValues
}

/** Who asks and everything AWS would know about the request before its own circumstance. */
export const findCaller = (world: World, who: Who, as: Circumstance['as'] = {}): AskingCaller => {
  const service = services[who]
  const always = {
    'aws:CurrentTime': '2026-11-22T10:15:00Z',
    'aws:RequestedRegion': world.spec.region,
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
  }
  if (service !== undefined) {
    const caller = parseCaller(service)
    return { caller, context: { ...always, ...contextOfCaller(caller) } }
  }
  const { from, instance, ...usual } = identityOf(world, who)
  const caller = sessionOf(as.role ?? usual.role, as.session ?? usual.session)
  return {
    caller,
    context: {
      ...always,
      ...contextOfCaller(caller),
      ...networkOf(world, from),
      ...(instance ? instanceKeys(world, from) : {}),
    },
  }
}

/** Names of the documents that speak about a caller: its own, and its boundary. */
export const documentsOf = (
  world: World,
  who: Who,
  caller: Caller,
  window: WindowName,
): Pick<Question, 'identity' | 'boundary' | 'session'> => {
  const only = (...identity: string[]) => ({ identity, boundary: undefined, session: undefined })
  if (caller.kind !== 'session') return only()
  if (who === 'engineer') return only(documentName.engineer)
  if (who === 'team engineer') return only(documentName.team)
  if (who === 'operator') return only(...Object.keys(operatorPolicies(world.spec)))
  const role = [...world.roles.values()].find(({ arn }) => arn === caller.roleArn)
  if (role === undefined) return only(documentName.everything)
  const opened = who === 'elevated' && window !== 'none' ? [documentName.window(window)] : []
  const { boundary, identity } = role
  // A window is a policy of the role; pushed, it is one of the session.
  if (world.spec.elevation.mode === 'push') return { identity, boundary, session: opened[0] }
  return { identity: [...identity, ...opened], boundary, session: undefined }
}

export const policiesOf = (
  world: World,
  { identity, boundary, session }: ReturnType<typeof documentsOf>,
): Pick<Policies, 'identity' | 'boundary' | 'session'> => {
  const named = (name: string) => {
    const policy = world.policies.get(name)
    if (policy === undefined) throw new Error(`there is no policy ${name} in ${world.variant}`)
    return policy
  }
  return {
    identity: identity.map(named),
    ...(boundary === undefined ? {} : { boundary: named(boundary) }),
    ...(session === undefined ? {} : { session: named(session) }),
  }
}
