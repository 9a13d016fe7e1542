import * as z from 'zod'
import { accessSpec, elevationMode } from './access.ts'
import { adoptedSpec } from './adopted.ts'
import { agentStartSettings } from './agent-start.ts'
import { egressPresets, endpointServices, networkModes } from './network.ts'
import { UserError } from './user-error.ts'
import { isUserName, type UserName } from './user-name.ts'
import { decideVersion, isData, type Migration } from './versions.ts'

/** Raised when a field changes its meaning; an older spec is migrated, a newer one refused. */
export const specVersion = 1

const region = z.string().min(1)
const accountId = z.string().regex(/^\d{12}$/)

/** Where Terraform keeps the state of a stack. */
export const stateSchema = z.strictObject({ bucket: z.string().min(3), region })

export const networkSpecSchema = z.strictObject({
  version: z.literal(specVersion),
  accountId,
  region,
  state: stateSchema,
  /** A spec from before there were modes is of a VPC of its own without a way to the internet. */
  mode: z.enum(networkModes).default('managed'),
  egress: z.enum(egressPresets).default('locked'),
  /** Names that egress balanced resolves; else none. */
  domains: z.array(z.string()).default([]),
  flowLogs: z.boolean().default(false),
  existing: z
    .strictObject({
      vpcId: z.string(),
      subnetIds: z.array(z.string()),
      connectEndpointGroupId: z.string().optional(),
    })
    .optional(),
  simple: z.strictObject({ subnetId: z.string(), securityGroupId: z.string() }).optional(),
  cidr: z.string(),
  subnets: z.int(),
  endpoints: z.array(z.enum(endpointServices)),
  instanceConnectEndpoint: z.boolean(),
  session: z.strictObject({ idleMinutes: z.int(), maxMinutes: z.int(), logRetentionDays: z.int() }),
})

/** The network that all sandboxes of one account and region share. */
export type NetworkSpec = z.infer<typeof networkSpecSchema>

export const sandboxSpecSchema = z.strictObject({
  version: z.literal(specVersion),
  user: z.custom<UserName>((value) => typeof value === 'string' && isUserName(value)),
  accountId,
  region,
  environment: z.string(),
  state: stateSchema,
  image: z.strictObject({
    id: z.string().regex(/^ami-[0-9a-f]+$/),
    /** golden: baked by image:build. stock: Amazon Linux as AWS ships it, until there is a golden one. */
    kind: z.enum(['golden', 'stock']),
    rootDevice: z.string(),
  }),
  instance: z.strictObject({
    type: z.string(),
    rootVolumeGiB: z.int(),
    hopLimit: z.int(),
    detailedMonitoring: z.boolean(),
  }),
  network: z.strictObject({ vpcId: z.string(), subnetId: z.string(), securityGroupId: z.string() }),
  access: accessSpec.prefault({}),
  elevation: z.strictObject({ mode: elevationMode }).prefault({}),
  agentStart: agentStartSettings.prefault({}),
  /** Of a machine that was taken over by `npm run adopt`; what it fixes is kept as it was found. */
  adopted: adoptedSpec.optional(),
})

/**
 * Everything one sandbox is made from, and the one contract between scripts/ and stacks/. It is stored as an
 * output of the stack, so that `down`, `status` and `diff` rebuild the very same stack from it.
 */
export type SandboxSpec = z.infer<typeof sandboxSpecSchema>

/** From older versions to this one; there are none yet, and fields that came later have defaults. */
const migrations: readonly Migration[] = []

/** @param what a spec, or what else a run leaves of a version of its own */
export const refuseNewer = (stack: string, what: string, version: number, known: number): UserError =>
  new UserError(
    `${stack} was made by a newer release (${what} version ${version}; this one knows them up to ${known})`,
    { hint: 'use that release, or a newer one: git pull && npm ci' },
  )

/** What the last finished run of a stack left. undefined: nothing, or nothing that is a spec. */
const modernise = (spec: unknown, stack: string): unknown => {
  if (!isData(spec)) return undefined
  const found = decideVersion(spec, specVersion, specVersion, migrations)
  if (found.kind === 'newer') throw refuseNewer(stack, 'spec', found.version, specVersion)
  return found.data
}

/** @throws UserError when a newer release wrote it: this one would take away what it does not know */
export const parseSandboxSpec = (spec: unknown, stack: string): SandboxSpec | undefined =>
  sandboxSpecSchema.safeParse(modernise(spec, stack)).data

/** The same for the network. */
export const parseNetworkSpec = (spec: unknown, stack: string): NetworkSpec | undefined =>
  networkSpecSchema.safeParse(modernise(spec, stack)).data
