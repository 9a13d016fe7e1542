import { planNetworkSpec, planSandboxSpec } from '../../config/plan-specs.ts'
import type { Settings } from '../../config/settings.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import type { UserName } from '../../config/user-name.ts'
import { compilePolicy, type Policy } from '../../iam/compile.ts'
import { engineerAbacPolicy } from '../access/engineer-policy.ts'
import { operatorPolicies } from '../access/operator-policy.ts'
import { readOnlyAccess, readOnlyAccessArn } from '../access/read-only-access.ts'
import { renderNetwork, renderSandbox, type StackInputs } from '../synth.ts'
import { readLaptopRoles } from './laptop.ts'
import { type FilledIn, fillIn, type TerraformJson } from './references.ts'
import { type RoleFacts, readRoles } from './roles.ts'
import type { WindowName } from './row.ts'
import { planVariant, type Variant } from './variants.ts'

export interface ProofInputs extends StackInputs {
  readonly settings: Settings
  readonly accountId: string
  readonly user: UserName
  /** An engineer whose things are out of reach. */
  readonly other: UserName
  /** Inline policies of the elevated role, as sandbox:elevate writes them; the window is open 10:00 to 10:30. */
  readonly windows: Readonly<Record<Exclude<WindowName, 'none'>, string>>
}

/** One variant of the stacks, as if applied. Documents and policies have the same names. */
export interface World {
  readonly variant: Variant
  readonly settings: Settings
  readonly spec: SandboxSpec
  readonly own: FilledIn
  readonly other: FilledIn & { readonly user: UserName }
  readonly roles: ReadonlyMap<string, RoleFacts>
  readonly documents: ReadonlyMap<string, string>
  readonly policies: ReadonlyMap<string, Policy>
}

export const documentName = {
  trust: (role: string) => `trust of ${role}`,
  window: (window: WindowName) => `window ${window}`,
  engineer: 'engineer policy',
  team: 'engineer policy with --abac',
  everything: 'everything allowed',
  key: 'key policy as KMS makes it',
} as const

const network = {
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnetIds: ['subnet-0a1b2c3d4e5f60718'],
  securityGroupId: 'sg-0a1b2c3d4e5f60718',
}

/** The tenth address of the range, the eleventh. */
const addressIn = (cidr: string, index: number): string => cidr.replace(/\d+\/\d+$/, String(index))

// Compiling AWS's three thousand patterns takes longer than all the rest.
let compiledReadOnlyAccess: Policy | undefined
const readOnlyText = JSON.stringify(readOnlyAccess())
const compile = (name: string, text: string): Policy => {
  if (name !== readOnlyAccessArn) return compilePolicy(name, text)
  compiledReadOnlyAccess ??= compilePolicy('ReadOnlyAccess', text)
  return compiledReadOnlyAccess
}

const everything = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Sid: 'Everything', Effect: 'Allow', Action: '*', Resource: '*' },
})

const keyPolicy = (accountId: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Sid: 'EnableIamPolicies',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  })

const specOf = (settings: Settings, { accountId, other, user }: ProofInputs, whose: 'user' | 'other') =>
  planSandboxSpec(settings, accountId, {
    user: whose === 'user' ? user : other,
    image: { id: 'ami-0a1b2c3d4e5f60718', kind: 'golden', rootDevice: '/dev/xvda' },
    network,
    previous: undefined,
  })

const filledIn = ({ accountId, settings }: ProofInputs, index: number): FilledIn => ({
  accountId,
  region: settings.region,
  instanceId: `i-0a1b2c3d4e5f607${index}`,
  privateIp: addressIn(settings.network.cidr, index),
})

const withFlowLogs = (settings: Settings): Settings => ({
  ...settings,
  network: { ...settings.network, mode: 'managed', flowLogs: true },
})

/** What no stack holds but somebody has: the team's policy, windows, an administrator's own. */
const looseDocuments = (inputs: ProofInputs, settings: Settings): readonly (readonly [string, string])[] => {
  const { accountId } = inputs
  const { engineer } = settings.access
  const team = engineerAbacPolicy({
    accountId,
    region: settings.region,
    engineer,
    mode: settings.elevation.mode,
    cidr: settings.network.cidr,
  })
  return [
    [readOnlyAccessArn, readOnlyText],
    [documentName.team, JSON.stringify(team)],
    [documentName.everything, everything],
    [documentName.key, keyPolicy(accountId)],
    ...Object.entries(operatorPolicies({ accountId, region: settings.region })).map(
      ([name, document]) => [name, JSON.stringify(document)] as const,
    ),
    ...Object.entries(inputs.windows).map(
      ([window, text]) => [documentName.window(window as WindowName), text] as const,
    ),
  ]
}

export const buildWorld = (inputs: ProofInputs, variant: Variant): World => {
  const settings = planVariant(inputs.settings, variant)
  const spec = specOf(settings, inputs, 'user')
  const [own, other] = [filledIn(inputs, 10), filledIn(inputs, 11)]
  const sandbox = JSON.parse(renderSandbox(spec, inputs)) as TerraformJson
  const stacks = [
    readRoles(sandbox, own),
    readRoles(JSON.parse(renderSandbox(specOf(settings, inputs, 'other'), inputs)), other),
    // The role of flow logs stands in the matrix whether they are asked for or not.
    readRoles(JSON.parse(renderNetwork(planNetworkSpec(withFlowLogs(settings), inputs.accountId))), own),
    ...readLaptopRoles(settings, own),
  ]
  const roles = new Map(stacks.flatMap((stack) => [...stack.roles]))
  const documents = new Map([
    ...stacks.flatMap((stack) => [...stack.policies]),
    ...[...roles.values()].flatMap(({ name, trust }) =>
      trust === undefined ? [] : [[documentName.trust(name), trust] as const],
    ),
    [documentName.engineer, fillIn(sandbox, own, String(sandbox.output?.engineerPolicy?.value))] as const,
    ...looseDocuments(inputs, settings),
  ])
  const policies = new Map([...documents].map(([name, text]) => [name, compile(name, text)]))
  return { variant, settings, spec, own, other: { ...other, user: inputs.other }, roles, documents, policies }
}
