import { resolve } from 'node:path'
import type { UserName } from '../../config/user-name.ts'
import { counted } from '../cli/ask.ts'
import type { Context } from '../sandbox/context.ts'
import type { Wanted } from './filter.ts'
import { findGround } from './find-subject.ts'
import { followRows } from './follow.ts'
import type { Ground } from './ground.ts'
import { openLinks } from './link-logs.ts'
import { noNews, planNews } from './news.ts'
import { type Asking, openSource } from './open-source.ts'
import { findNow } from './range.ts'
import { renderJson } from './render-csv.ts'
import type { Row } from './row.ts'
import { lookOnce, type Telling, tellStory } from './story.ts'
import { gatherRows, printTimeline, streamRows, writePage } from './tell.ts'

export interface AuditRequest extends Asking {
  /** Milliseconds. */
  readonly since: number
  readonly follow: boolean
  readonly html: string | undefined
  readonly form: 'json' | 'csv' | 'text'
  readonly wanted: Wanted
}

type Look = (from: number, until?: number) => AsyncIterable<Row>

/** A machine's own calls are many and the same; people read them when they ask for them. */
const withoutBeats = (rows: readonly Row[], { role }: Wanted): readonly Row[] =>
  role === 'machine' ? rows : rows.filter(({ kind, result }) => kind !== 'heartbeat' || result !== 'ok')

const tellText = async ({ io }: Context, look: Look, ground: Ground, from: number, request: AuditRequest) => {
  const all = await gatherRows(look(from))
  const rows = withoutBeats(all, request.wanted)
  await printTimeline(rows, ground.bands, process.stdout)
  const beats = all.length - rows.length
  const left =
    beats === 0
      ? ''
      : `; ${counted(beats, 'call')} of the machine's own agent left out (--role machine shows them)`
  io.story.say(`${counted(rows.length, 'event')}, ${counted(ground.bands.length, 'elevation window')}${left}`)
}

const tellPage = async (context: Context, look: Look, ground: Ground, page: PageRequest): Promise<void> => {
  const { file, user, from, until } = page
  const rows = await gatherRows(look(from, until))
  await writePage(file, context.paths.root, { user, from, until, bands: ground.bands, rows })
  context.io.story.say(`${counted(rows.length, 'event')}; open it in a browser`)
  context.io.answer(resolve(file))
}

interface PageRequest {
  readonly file: string
  readonly user: UserName
  readonly from: number
  readonly until: number
}

/** Of AWS, as it was when this command began, and going on by this computer's. */
const clockFrom = (now: number): (() => number) => {
  const ahead = now - Date.now()
  return () => Date.now() + ahead
}

const follow = async (
  { io }: Context,
  telling: Omit<Telling, 'range' | 'ground'>,
  ground: Ground,
  from: number,
  { form, now, wanted }: Pick<AuditRequest, 'form' | 'wanted'> & { readonly now: () => number },
): Promise<void> => {
  let news = noNews
  await followRows({
    ...{ ground, from, signal: io.signal },
    look: (known, start) =>
      lookOnce({ ...telling, ground: known, range: { from: start, until: undefined } }, now()),
    show: async (fresh, { bands }) => {
      news = planNews(withoutBeats(fresh, wanted), bands, now(), news)
      for (const line of form === 'json' ? fresh.map(renderJson) : news.lines)
        process.stdout.write(`${line}\n`)
    },
  })
}

export const runAudit = async (context: Context, user: UserName, request: AuditRequest): Promise<void> => {
  const { target, io } = context
  const { story } = io
  let unreadable = 0
  const onUnreadable = () => {
    unreadable += 1
  }
  const until = await findNow(target.sdk, story.warn)
  const from = until - request.since
  const opening = { now: until, onUnreadable }
  const { source, renderLimits } = await openSource(context, request, opening)
  const range = { from, until: undefined }
  const ground = await findGround(context, user, { source, range, now: until, warn: story.warn })
  const telling = { source, wanted: request.wanted, link: await openLinks(target, story) }
  const look: Look = (start, end) => tellStory({ ...telling, ground, range: { from: start, until: end } })
  if (request.follow) await follow(context, telling, ground, from, { ...request, now: clockFrom(until) })
  else if (request.html !== undefined)
    await tellPage(context, look, ground, { file: request.html, user, from, until })
  else if (request.form === 'text') await tellText(context, look, ground, from, request)
  else story.say(counted(await streamRows(look(from), request.form, process.stdout), 'event'))
  if (!request.follow) story.say(renderLimits())
  if (unreadable > 0)
    story.warn(
      `${counted(unreadable, 'event')} could not be read and ${unreadable === 1 ? 'is' : 'are'} not in it`,
    )
}
