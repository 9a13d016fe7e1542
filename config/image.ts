import * as z from 'zod'
import { arm64Type } from './instance.ts'

const exactVersion = z.string().regex(/^\d+\.\d+\.\d+$/, 'an exact version such as 2.21.4')

/** Settings of the golden image. */
export const imageSettings = z.strictObject({
  use: z
    .enum(['golden', 'stock'])
    .default('golden')
    .describe(
      'golden: new sandboxes boot from the image of image:build; stock: from plain Amazon Linux 2023',
    ),
  swapMiB: z
    .int()
    .min(512)
    .max(65_536)
    .default(2048)
    .describe('swap file in MiB, on at boot; part of the root volume'),
  rootVolumeGiB: z
    .int()
    .min(20)
    .max(1024)
    .default(20)
    .describe('root volume of the image in GiB; a sandbox may have more, never less'),
  packages: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+._-]*$/, 'the name of a package'))
    .refine((list) => new Set(list).size === list.length, 'each package once')
    .default(['git', 'tmux', 'tree', 'unzip'])
    .describe('packages of Amazon Linux beside those of its image; image:lock pins them and what they need'),
  kernel: z
    .enum(['6.1', '6.12', '6.18'])
    .default('6.1')
    .describe('kernel stream of the base image; AWS moves its own default from time to time'),
  kiroCli: exactVersion
    .optional()
    .describe('version that image:lock pins; without it the newest at that moment'),
  awsCli: exactVersion
    .optional()
    .describe('version that image:lock pins; without it the one this release knows'),
  builderTypes: z
    .array(arm64Type)
    .min(1)
    .default(['t4g.medium', 't4g.large', 'm7g.medium', 'm6g.medium'])
    .describe('instance types for a build, the next one when AWS has no capacity'),
  deadlineMinutes: z
    .int()
    .min(10)
    .max(360)
    .default(60)
    .describe('a builder powers itself off and is gone after this, whatever became of whoever started it'),
  agentSeconds: z
    .int()
    .min(10)
    .max(1800)
    .default(300)
    .describe('how long a build waits for the SSM agent of its machines'),
})
