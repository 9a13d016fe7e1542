import * as z from 'zod'
import { Refusal } from '../gateway/json-api.ts'
import { hasEnded, type Session } from './session.ts'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeSessions.html */
export const describeSessions = z.object({
  State: z.enum(['Active', 'History']),
  MaxResults: z.number().int().min(1).max(200).default(200),
  NextToken: z.string().optional(),
  Filters: z
    .array(z.object({ key: z.string(), value: z.string().min(1).max(400) }))
    .min(1)
    .max(6)
    .optional(),
})

type Test = (session: Session) => boolean

const parseTime = (key: string, value: string): number => {
  const time = Date.parse(value)
  if (Number.isNaN(time))
    throw new Refusal('ValidationException', `The value ${value} of ${key} is no time: 2024-08-29T00:00:00Z.`)
  return time
}

const filters: Readonly<Record<string, (value: string) => Test>> = {
  InvokedAfter: (value) => {
    const time = parseTime('InvokedAfter', value)
    return ({ startedAt }) => startedAt >= time
  },
  InvokedBefore: (value) => {
    const time = parseTime('InvokedBefore', value)
    return ({ startedAt }) => startedAt < time
  },
  Target: (value) => (session) => session.target === value,
  Owner: (value) => (session) => session.owner === value,
  Status: (value) => (session) => session.status === value,
  SessionId: (value) => (session) => session.sessionId === value,
  AccessType: (value) => () => value === 'Standard',
}

export const planSessionTest = ({ State, Filters = [] }: z.output<typeof describeSessions>): Test => {
  const tests = Filters.map(({ key, value }) => {
    const make = Object.hasOwn(filters, key) ? filters[key] : undefined
    if (make === undefined)
      throw new Refusal('InvalidFilterKey', `The specified filter key ${key} is not valid.`)
    return make(value)
  })
  return (session) => hasEnded(session) === (State === 'History') && tests.every((test) => test(session))
}
