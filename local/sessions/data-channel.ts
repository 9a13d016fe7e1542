import { parseCredential } from '../gateway/credential.ts'
import { type Head, headerOf } from '../gateway/incoming.ts'
import type { Journal, JournalRecord } from '../gateway/journal.ts'
import { admitSession, type FindChannel } from '../gateway/upgrade.ts'
import type { Opened, Sessions } from './sessions.ts'

const prefix = '/v1/data-channel/'

/** A path that cannot be decoded is nobody's. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/**
 * Whoever opens the channel of a session is who started it: only he has the token. Who comes without it is nobody we know. AWS counts this call as one about
 * data, so event history does not show it. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmessagegatewayservice.html
 */
const planRecord = (head: Head, { session, requestId, refused }: Opened, now: Date): JournalRecord => ({
  ...{ time: now.toISOString(), ms: 0, service: 'ssmmessages', operation: 'OpenDataChannel' },
  ...{ region: session.region, principal: refused ? null : session.owner },
  // One that is not known has not come this far.
  accessKeyId: parseCredential({ ...head, body: Buffer.alloc(0) })?.accessKeyId ?? null,
  source: head.source,
  userAgent: headerOf(head, 'user-agent')?.slice(0, 300) ?? null,
  status: refused ? 403 : 101,
  error: refused ? 'AccessDeniedException' : null,
  requestId,
  parameters: { sessionId: session.sessionId, target: session.target },
})

/** The address that StartSession gave out. Whether there is such a session is told to nobody without its token. */
export const createFindChannel =
  (sessions: Sessions, journal: Pick<Journal, 'write'>): FindChannel =>
  ({ path }) =>
    path.startsWith(prefix)
      ? (desk, head) =>
          admitSession(desk, head, (socket) =>
            sessions.welcome(decode(path.slice(prefix.length)), socket, (opened) =>
              journal.write(planRecord(head, opened, new Date())),
            ),
          )
      : undefined
