import * as z from 'zod'

export const arm64Type = z
  .string()
  .regex(/^(a1|[a-z]+\d+g[a-z]*)\.[a-z0-9-]+$/, 'a Graviton (arm64) instance type such as t4g.medium')

/** Settings of a sandbox's instance. */
export const instanceSettings = z.strictObject({
  type: arm64Type
    .default('t4g.medium')
    .describe('EC2 instance type, arm64 (Graviton); Kiro needs 4 GiB of memory'),
  rootVolumeGiB: z.int().min(30).max(16384).default(30).describe('root volume (gp3, encrypted) in GiB'),
  hopLimit: z.int().min(1).max(2).default(1).describe('IMDSv2 hop limit; 2 lets containers reach the role'),
  detailedMonitoring: z.boolean().default(true).describe('CloudWatch metrics every minute'),
})
