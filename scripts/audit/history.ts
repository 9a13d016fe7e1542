import { UserError } from '../../config/user-error.ts'
import { isAwsError } from '../aws/call.ts'
import type { AuditEvent } from './event.ts'
import type { Ask } from './lookup.ts'
import {
  type Place,
  planFirstQuestions,
  planQuestions,
  planRoleQuestion,
  type Question,
} from './questions.ts'
import { longestHistory } from './range.ts'
import type { Range, Source } from './source.ts'

export interface HistoryOptions {
  readonly ask: Ask
  readonly place: Place
  /** Milliseconds since 1970. */
  readonly now: number
  /** Of a region that nobody named and that does not let itself be asked; undefined: that is an error. */
  readonly onRefused: ((region: string, why: string) => void) | undefined
}

const refusals = ['AccessDenied', 'AccessDeniedException', 'UnrecognizedClientException']

/** Organizations often forbid all but some regions: where nobody can ask, nobody has done anything either. */
async function* tolerant(
  events: AsyncIterable<AuditEvent>,
  onRefused: (why: string) => void,
): AsyncGenerator<AuditEvent> {
  try {
    yield* events
  } catch (error) {
    if (!(error instanceof UserError) || !isAwsError(error.cause, ...refusals)) throw error
    onRefused(error.message)
  }
}

/** CloudTrail's event history, asked region by region. */
export const createHistory = ({ ask, place, now, onRefused }: HistoryOptions): Source => {
  const others = new Set(place.others)
  const answer = (question: Question, range: Range) => {
    const { region } = question
    const events = ask(question, range)
    return onRefused === undefined || !others.has(region) || region === place.home
      ? events
      : tolerant(events, (why) => onRefused(region, why))
  }
  const answers = (questions: readonly Question[], range: Range) =>
    questions.map((question) => answer(question, range))
  return {
    first: (subject, range) => answers(planFirstQuestions(subject, place), range),
    story: (subject, range) => answers(planQuestions(subject, place), range),
    ofRole: (subject, range) => ask(planRoleQuestion(subject), range),
    oldest: now - longestHistory,
  }
}
