import * as z from 'zod'
import { UserError } from '../../config/user-error.ts'
import { isUserName, type UserName } from '../../config/user-name.ts'
import { machineSchema } from './machine.ts'
import { roleSchema } from './roles.ts'

/**
 * What a takeover does, in this order. Each can be done again without harm, and all but the last be undone:
 * retain: the machine will outlive the stack. apply: Terraform takes it, and improves it. machine: its AWS profiles
 * name the sandbox's roles. strip: roles lose the standing permission they came with. delete: the stack goes.
 */
export const steps = ['retain', 'apply', 'machine', 'strip', 'delete'] as const

export type Step = (typeof steps)[number]

const journalVersion = 1

const journalSchema = z.object({
  version: z.literal(journalVersion),
  stack: z.string(),
  stackId: z.string(),
  user: z.custom<UserName>((value) => typeof value === 'string' && isUserName(value)),
  /** Written before a step is begun, and after it is done. */
  begun: z.array(z.enum(steps)),
  done: z.array(z.enum(steps)),
  /** Somebody has begun to take it back: going on forward is a change of mind, and asked for. */
  undoing: z.boolean().optional(),
  /** The stack as it was found. */
  template: z.string(),
  parameters: z.array(z.object({ key: z.string(), value: z.string(), resolved: z.string().optional() })),
  resources: z.array(
    z.object({
      logicalId: z.string(),
      type: z.string(),
      physicalId: z.string(),
      fate: z.enum(['import', 'replace', 'leave']),
    }),
  ),
  machine: machineSchema,
  /** Roles that become the sandbox's, as they were found. */
  roles: z.array(roleSchema),
  imports: z.array(z.object({ to: z.string(), id: z.string() })),
  spec: z.unknown(),
})

/** Everything a takeover needs to be continued, or undone, by anybody who may. */
export type Journal = z.infer<typeof journalSchema>

export const startJournal = (found: Omit<Journal, 'version' | 'begun' | 'done'>): Journal => ({
  version: journalVersion,
  ...found,
  begun: [],
  done: [],
})

export const parseJournal = (text: string, where: string): Journal => {
  const journal = journalSchema.safeParse(JSON.parse(text))
  if (journal.success) return journal.data
  throw new UserError(`the journal of the takeover of ${where} is of another release`, {
    hint: 'continue with the release that began it',
    cause: journal.error,
  })
}

/** Which way the takeover goes from here. */
export const turn = ({ undoing: _, ...journal }: Journal, way: 'forward' | 'back'): Journal =>
  way === 'back' ? { ...journal, undoing: true } : journal

/** undefined: all is done. */
export const decideNext = ({ done }: Pick<Journal, 'done'>): Step | undefined =>
  steps.find((step) => !done.includes(step))

/** @throws UserError once the stack is being deleted */
export const planUndo = ({
  begun,
  stack,
  user,
}: Pick<Journal, 'begun' | 'stack' | 'user'>): Exclude<Step, 'delete'>[] => {
  if (begun.includes('delete'))
    throw new UserError(`the stack ${stack} is being deleted, and what is deleted cannot be undone`, {
      hint: `npm run adopt -- --stack ${stack} --user ${user} finishes it`,
    })
  return steps
    .filter((step): step is Exclude<Step, 'delete'> => step !== 'delete' && begun.includes(step))
    .reverse()
}

export const begin = (journal: Journal, step: Step): Journal => ({
  ...journal,
  begun: [...new Set([...journal.begun, step])],
})

export const finish = (journal: Journal, step: Step): Journal => ({
  ...journal,
  done: [...new Set([...journal.done, step])],
})

/** A step that was taken back may be done anew. */
export const takeBack = (journal: Journal, step: Step): Journal => ({
  ...journal,
  begun: journal.begun.filter((one) => one !== step),
  done: journal.done.filter((one) => one !== step),
})

/** Logical ids of what must outlive the stack. */
export const listKept = ({ resources }: Pick<Journal, 'resources'>): string[] =>
  resources.filter(({ fate }) => fate !== 'replace').map(({ logicalId }) => logicalId)

/** Values of parameters of Systems Manager that every update would read anew. */
export const planPins = ({ parameters }: Pick<Journal, 'parameters'>): Record<string, string> =>
  Object.fromEntries(
    parameters.flatMap(({ key, resolved }) => (resolved === undefined ? [] : [[key, resolved] as const])),
  )
