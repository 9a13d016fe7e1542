import { resolve } from 'node:path'
import type { UserName } from '../../config/user-name.ts'
import { counted } from '../cli/ask.ts'
import type { Context } from '../sandbox/context.ts'
import type { Wanted } from './filter.ts'
import { findGround, type Ground } from './find-subject.ts'
import { followRows } from './follow.ts'
import { openLinks } from './link-logs.ts'
import { openLookup } from './lookup.ts'
import { findNow } from './range.ts'
import { renderJson } from './render-csv.ts'
import { renderTimeline } from './render-text.ts'
import type { Row } from './row.ts'
import { tellStory } from './story.ts'
import { gatherRows, printTimeline, streamRows, writePage } from './tell.ts'

export interface AuditRequest {
  /** Milliseconds. */
  readonly since: number
  readonly follow: boolean
  readonly html: string | undefined
  readonly form: 'json' | 'csv' | 'text'
  readonly wanted: Wanted
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html */
const limits =
  'event history has management events alone: what was read from or written to objects of S3, items of DynamoDB and the like is not in it'

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

export const runAudit = async (context: Context, user: UserName, request: AuditRequest): Promise<void> => {
  const { target, io } = context
  const { story, signal } = io
  let unreadable = 0
  const onUnreadable = () => {
    unreadable += 1
  }
  const until = await findNow(target.sdk, story.warn)
  const from = until - request.since
  const ask = await openLookup({ sdk: target.sdk, signal, onUnreadable })
  const ground = await findGround(context, user, ask, { from, until: undefined })
  const link = await openLinks(target, story)
  const look: Look = (start, end) =>
    tellStory({
      ...{ ground, ask, region: target.region, wanted: request.wanted, link },
      range: { from: start, until: end },
    })
  if (request.follow) {
    const show = async (row: Row) => {
      if (request.form === 'json') process.stdout.write(`${renderJson(row)}\n`)
      else if (row.kind !== 'heartbeat' || request.wanted.role === 'machine')
        for (const line of [...renderTimeline([row], [])].slice(1)) process.stdout.write(`${line}\n`)
    }
    await followRows({ look, from, show, signal })
  } else if (request.html !== undefined)
    await tellPage(context, look, ground, { file: request.html, user, from, until })
  else if (request.form === 'text') await tellText(context, look, ground, from, request)
  else story.say(counted(await streamRows(look(from), request.form, process.stdout), 'event'))
  if (!request.follow) story.say(limits)
  if (unreadable > 0)
    story.warn(
      `${counted(unreadable, 'event')} could not be read and ${unreadable === 1 ? 'is' : 'are'} not in it`,
    )
}
