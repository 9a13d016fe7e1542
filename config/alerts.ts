import * as z from 'zod'

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
  routineRoles: z
    .array(
      z.string().regex(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]{1,112}$/, 'the ARN of a role, with its path'),
    )
    // A pattern of EventBridge has 2048 characters, and each of these is in three.
    .max(2)
    .refine((list) => new Set(list).size === list.length, 'each role once')
    .default([])
    .describe(
      'roles of whoever makes and removes sandboxes: no mail when they make roles of ours or write and take away their policies',
    ),
  permissionSets: z
    .array(
      z
        .string()
        .regex(
          /^arn:aws:sso:::permissionSet\/ssoins-[\w.-]{1,64}\/ps-[\w.-]{1,64}$/,
          'the ARN of a permission set',
        ),
    )
    .max(10)
    .refine((list) => new Set(list).size === list.length, 'each permission set once')
    .default([])
    .describe(
      'permission sets whose changes are told of, in the account of Identity Center; without them any',
    ),
  logRetentionDays: z
    .union([z.literal(365), z.literal(400), z.literal(545), z.literal(731), z.literal(1827)])
    .default(365)
    .describe('the events that were told of are kept so long: 365, 400, 545, 731 or 1827 days'),
})
