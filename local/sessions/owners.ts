import * as z from 'zod'
import { answerJson, Refusal } from '../gateway/json-api.ts'
import type { Owners, Request } from '../gateway/owners.ts'
import { planPage } from '../ssm/page.ts'
import { renderSession } from './session.ts'
import { parseSessionDocument, planSession, type SessionDocument } from './session-document.ts'
import { describeSessions, planSessionTest } from './session-filters.ts'
import { findSession, type Sessions, type Ticket } from './sessions.ts'
import { defaultDocument, findStockDocument } from './stock-documents.ts'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartSession.html */
const startSession = z.object({
  Target: z.string().min(1).max(400),
  DocumentName: z
    .string()
    .regex(/^[a-zA-Z0-9_\-.:/]{3,128}$/)
    .default(defaultDocument),
  Reason: z
    .string()
    .min(1)
    .max(256)
    .regex(/^.{1,256}$/)
    .optional(),
  Parameters: z.record(z.string().min(1).max(255), z.array(z.string())).default({}),
})
const named = z.object({ SessionId: z.string().min(1).max(96) })

/** A document that the account has made. */
export interface StoredDocument {
  readonly type: string
  /** JSON. */
  readonly content: string
}

export interface SessionOwnersDeps {
  readonly sessions: Sessions
  readonly isOnline: (instanceId: string, region: string) => boolean
  readonly findDocument: (name: string, request: Request) => Promise<StoredDocument | undefined>
  /** Of the gateway: host and port of the data channel. */
  readonly host: (request: Request) => string
}

const loadDocument = async (
  { findDocument }: SessionOwnersDeps,
  name: string,
  request: Request,
): Promise<SessionDocument> => {
  // An account may have made its own default; those of AWS cannot be made.
  const stored = name.startsWith('AWS-') ? undefined : await findDocument(name, request)
  if (stored !== undefined && stored.type !== 'Session')
    throw new Refusal('InvalidDocument', `Document type ${stored.type} of ${name} is not supported.`)
  if (stored !== undefined) return parseSessionDocument(name, stored.content)
  const stock = findStockDocument(name)
  if (stock === undefined) throw new Refusal('InvalidDocument', `Document with name ${name} does not exist.`)
  return stock
}

const renderTicket = ({ sessionId, token }: Ticket, host: string) => ({
  SessionId: sessionId,
  TokenValue: token,
  StreamUrl: `ws://${host}/v1/data-channel/${encodeURIComponent(sessionId)}?role=publish_subscribe`,
})

/** Session Manager: sessions are started, resumed, ended and listed. */
export const createSessionOwners = (deps: SessionOwnersDeps): Owners => {
  const { sessions, isOnline, host } = deps
  const { book } = sessions
  return {
    'ssm/StartSession': answerJson(startSession, async (input, request) => {
      const { Target, DocumentName, Reason = '', Parameters } = input
      const { call, principal } = request
      if (!isOnline(Target, call.region))
        throw new Refusal('TargetNotConnected', `${Target} is not connected.`)
      const plan = planSession(await loadDocument(deps, DocumentName, request), Parameters)
      const asked = { region: call.region, target: Target, documentName: DocumentName, reason: Reason }
      return renderTicket(sessions.start({ ...asked, owner: principal.arn, plan }), host(request))
    }),
    'ssm/ResumeSession': answerJson(named, ({ SessionId }, request) => {
      const session = findSession(book, SessionId, request.call.region)
      const ticket = sessions.resume(session.sessionId)
      // Without a token: the session is over.
      return ticket === undefined ? { SessionId } : renderTicket(ticket, host(request))
    }),
    'ssm/TerminateSession': answerJson(named, ({ SessionId }, { call }) => {
      // AWS answers the same for one that it does not know.
      if (book.find(SessionId)?.region === call.region) sessions.terminate(SessionId)
      return { SessionId }
    }),
    'ssm/DescribeSessions': answerJson(describeSessions, (input, { call }) => {
      const test = planSessionTest(input)
      const found = book.list().filter((session) => session.region === call.region && test(session))
      const { items, next } = planPage(found, input.MaxResults, input.NextToken)
      return { Sessions: items.map(renderSession), ...next }
    }),
  }
}
