import { z } from 'zod'

/** Who is told when somebody gets stronger. */
export const alertSettings = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('npm run alerts may make rules that tell of windows, changed boundaries and console sign-ins'),
  emails: z
    .array(z.email())
    .max(20)
    .refine((list) => new Set(list).size === list.length, 'each address once')
    .default([])
    .describe('addresses that get them; each has to confirm a mail from AWS first'),
  logRetentionDays: z
    .union([z.literal(365), z.literal(400), z.literal(545), z.literal(731), z.literal(1827)])
    .default(365)
    .describe('the events that were told of are kept so long: 365, 400, 545, 731 or 1827 days'),
})
