import * as z from 'zod'
import { endpointServices } from './network.ts'

/** What a machine of somebody else's stack brings along, and only a new machine could have otherwise. */
export const adoptedSpec = z.strictObject({
  /** Name of the CloudFormation stack it was taken over from. */
  stack: z.string(),
  rootEncrypted: z.boolean(),
  ebsOptimized: z.boolean(),
  publicAddress: z.boolean(),
  /** Services that its own network reaches through interface endpoints. */
  endpoints: z.array(z.enum(endpointServices)),
})

export type AdoptedSpec = z.infer<typeof adoptedSpec>
