import * as z from 'zod'

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const time = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of day such as 09:00, up to 24:00')

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    // Offsets and three letters are no files of the time zone database, which the machine looks them up in.
    return name.includes('/')
  } catch {
    return false
  }
}

const officeHours = z
  .strictObject({
    days: z
      .array(z.enum(days))
      .min(1)
      .refine((list) => new Set(list).size === list.length, 'each day once')
      .default(['mon', 'tue', 'wed', 'thu', 'fri']),
    from: time.default('09:00'),
    to: time.default('18:00'),
    timeZone: z.string().refine(isTimeZone, 'the name of a time zone such as Europe/Berlin or Etc/UTC'),
    note: z
      .string()
      .regex(/^[\x20-\x7e]{1,300}$/, 'up to 300 printable characters on one line')
      .default('Change nothing in AWS now, unless a person asks for just that and confirms it.')
      .describe('what agents are told at other times'),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'later than from' })

/** What happens when an agent starts in a sandbox: the agentSpawn hook. */
export const agentStartSettings = z.strictObject({
  webhook: z
    .string()
    .regex(
      /^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?\/[\x21-\x7e]{0,400}$/,
      'an address such as https://hooks.example.com/kiro',
    )
    .optional()
    .describe(
      'is told in JSON, as Slack takes it, that an agent has started; it stands in user data and state, where a secret has no place',
    ),
  officeHours: officeHours.optional().describe('outside of them agents are told a note when they start'),
})

export type AgentStart = z.infer<typeof agentStartSettings>
