import { z } from 'zod'
import { accessSpec, elevationMode } from './access.ts'
import { endpointServices } from './settings.ts'
import { isUserName, type UserName } from './user-name.ts'

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
})

/**
 * Everything one sandbox is made from, and the one contract between scripts/ and stacks/. It is stored as an
 * output of the stack, so that `down`, `status` and `diff` rebuild the very same stack from it.
 */
export type SandboxSpec = z.infer<typeof sandboxSpecSchema>
