import { type Call, isRead } from './classify.ts'
import type { Reply } from './reply.ts'

/** RunInstances of hundreds of machines names all of them in the first part of this size. */
const largest = 1024 * 1024
/** Of one call this many are kept. */
const most = 1000

/**
 * Values that stand alone in an element or a string and have the form of a name that AWS gives: ids of EC2, ids of
 * access keys (their secrets look otherwise), ARNs of sessions.
 */
const given =
  /[>"]([a-z]{1,6}-[0-9a-f]{8}(?:[0-9a-f]{9})?|A[KS]IA[A-Z0-9]{16}|arn:aws:sts::\d{12}:assumed-role\/[\w+=,.@/-]+)(?=[<"])/g

/** Of a session of Session Manager; its answer holds a token, too, so nothing else of it is looked at. */
const planSessionId = (body: Buffer): readonly string[] => {
  const [, id] = /"SessionId":"([\w+=,.@-]{1,96})"/.exec(body.toString('latin1')) ?? []
  return id === undefined ? [] : [id]
}

/** What a call that changes something says it made or was about; a secret cannot have any of these forms. */
export const planMade = (call: Call, { status, body }: Pick<Reply, 'status' | 'body'>): readonly string[] => {
  if (status >= 300 || body.length === 0 || call.protocol === 's3' || isRead(call)) return []
  if (call.label === 'ssm/StartSession') return planSessionId(body)
  const found = new Set<string>()
  for (const [, value = ''] of body.toString('latin1', 0, largest).matchAll(given)) {
    found.add(value)
    if (found.size === most) break
  }
  return [...found]
}
