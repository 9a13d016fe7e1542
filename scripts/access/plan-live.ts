import type { ContextEntry, SimulatePrincipalPolicyCommandInput } from '@aws-sdk/client-iam'
import type { Request, Verdict } from '../../iam/evaluate.ts'
import { type Finding, variantOf } from '../../stacks/proof/prove.ts'
import { documentName, type World } from '../../stacks/proof/world.ts'

/** A row as AWS's own simulator takes it: about a role that exists, or about documents alone. */
export type LiveQuestion = Omit<SimulatePrincipalPolicyCommandInput, 'PolicySourceArn'> & {
  readonly PolicySourceArn?: string
}

const types: Readonly<Record<string, ContextEntry['ContextKeyType']>> = {
  'aws:CurrentTime': 'date',
  'aws:SourceIp': 'ip',
  'aws:VpcSourceIp': 'ip',
  'ec2-instance-connect:privateIpAddress': 'ip',
  'aws:SecureTransport': 'boolean',
  'aws:ViaAWSService': 'boolean',
  'aws:ViaAWSMCPService': 'boolean',
  'aws:PrincipalIsAWSService': 'boolean',
  'kms:GrantIsForAWSResource': 'boolean',
  'ssm:SessionDocumentAccessCheck': 'boolean',
  'ec2:RoleDelivery': 'numeric',
  'ec2-instance-connect:remotePort': 'numeric',
  'ec2-instance-connect:maxTunnelDuration': 'numeric',
}

const entriesOf = (context: Request['context']): ContextEntry[] =>
  Object.entries(context).flatMap(([ContextKeyName, value]) => {
    if (value === undefined) return []
    const list = typeof value === 'string' ? [value] : [...value]
    const ContextKeyType = typeof value === 'string' ? (types[ContextKeyName] ?? 'string') : 'stringList'
    return [{ ContextKeyName, ContextKeyValues: list, ContextKeyType }]
  })

const loose: readonly string[] = [documentName.engineer, documentName.team]
const isWindow = (name: string) => name.startsWith(documentName.window('open').replace('open', ''))

/**
 * Undefined for what the simulator cannot be asked: it takes no trust and no key policies for roles, and only the
 * stacks as they are set exist in the account.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export const planLiveQuestion = (world: World, { row, question }: Finding): LiveQuestion | undefined => {
  const { request, identity, resource } = question
  const { caller } = request
  // Roles of laptops are made by a command of their own, in accounts of their own.
  if (/^(laptop|plain) /.test(row.who)) return undefined
  const { mode, flowLogs } = world.settings.network
  if (row.who === 'flow logs' && !(mode === 'managed' && flowLogs)) return undefined
  if (variantOf(row) !== 'as set' || resource !== undefined || caller.kind !== 'session') return undefined
  const asked = {
    ActionNames: [request.action],
    ...(request.resource === '*' ? {} : { ResourceArns: [request.resource] }),
    ContextEntries: entriesOf(request.context),
  }
  const texts = (wanted: (name: string) => boolean) =>
    identity.filter(wanted).map((name) => world.documents.get(name) ?? '')
  const own = texts((name) => loose.includes(name))
  if (own.length > 0) return { ...asked, PolicyInputList: own }
  if (row.action === 'sts:AssumeRole' || ![...world.roles.values()].some(({ arn }) => arn === caller.roleArn))
    return undefined
  const windows = texts(isWindow)
  // Where windows are pushed they are policies of a session: they only take away, and the simulator would add them.
  if (windows.length > 0 && world.settings.elevation.mode === 'push') return undefined
  return {
    ...asked,
    PolicySourceArn: caller.roleArn,
    ...(windows.length > 0 ? { PolicyInputList: windows } : {}),
  }
}

/** AWS's word for a verdict. */
export const parseLiveDecision = (decision: string | undefined): Verdict['decision'] => {
  if (decision === 'allowed') return 'allow'
  if (decision === 'explicitDeny' || decision === 'implicitDeny') return decision
  throw new Error(`the simulator answered ${decision}`)
}
