import { names } from '../../../config/names.ts'
import { visits } from '../questions.ts'
import { ownNames, type Subject } from '../subject.ts'

/** Milliseconds since 1970; both ends are always given, since a query is paid for by what it scans. */
export interface Bounds {
  readonly from: number
  readonly until: number
}

/** Inside of quotes nothing but a quote means anything. https://trino.io/docs/current/language/types.html#string */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

const like = (text: string): string => `LIKE ${quote(`%${text.replace(/[\\%_]/g, '\\$&')}`)} ESCAPE '\\'`
const contains = (text: string): string => `LIKE ${quote(`%${text.replace(/[\\%_]/g, '\\$&')}%`)} ESCAPE '\\'`

const isIn = (column: string, values: Iterable<string>): string =>
  `${column} IN (${[...values].map(quote).join(', ')})`

const time = (at: number): string => quote(new Date(at).toISOString().slice(0, 19).replace('T', ' '))

const anyOf = (conditions: readonly string[]): string => `(${conditions.join(' OR ')})`

/** Events are asked for whole: their record is what event history shows, too. */
const render = (store: string, { from, until }: Bounds, conditions: readonly string[]): string =>
  [
    'SELECT eventjson',
    `FROM ${store}`,
    // Whole seconds: the last one has begun already.
    `WHERE eventtime >= ${time(from)} AND eventtime <= ${time(until + 999)}`,
    `AND ${anyOf(conditions)}`,
    'ORDER BY eventtime DESC',
  ].join(' ')

const mention = (own: Iterable<string>): string => anyOf([...own].map((one) => `eventjson ${contains(one)}`))

/** What says when windows were open and which machines there were. @param store id of an event data store */
export const planFirstQuery = ({ user }: Subject, store: string, bounds: Bounds): string =>
  render(store, bounds, [
    `${isIn('eventname', ['PutRolePolicy', 'DeleteRolePolicy', 'TagRole', 'DeleteRole', 'AssumeRole'])} AND ${mention([names.elevatedRole(user)])}`,
    isIn('eventname', ['RunInstances']),
  ])

/**
 * Everything that may belong to a story; what does is decided by the same code as of event history. CloudTrail names
 * who it was by the session's name at the end of an ARN, and by the role that the session is of.
 */
export const planStoryQuery = (subject: Subject, store: string, bounds: Bounds): string => {
  const { user, logins, instances } = subject
  const roles = [names.readonlyRole(user), names.elevatedRole(user), names.ec2Role(user)]
  return render(store, bounds, [
    isIn('useridentity.sessioncontext.sessionissuer.username', roles),
    isIn('useridentity.sessioncontext.sourceidentity', logins),
    ...[...logins, ...instances].map((session) => `useridentity.arn ${like(`/${session}`)}`),
    // A sign-in that failed has no ARN.
    isIn('useridentity.username', logins),
    isIn('eventname', [...visits, 'RunInstances']),
    `(readonly IS NULL OR readonly = false OR eventname = 'AssumeRole') AND ${mention(ownNames(subject))}`,
  ])
}
