import { existsSync } from 'node:fs'
import { type LaptopPlace, tilde } from '../../laptop/place.ts'
import type { LaptopRecord } from '../../laptop/record.ts'
import { askFor } from '../cli/ask.ts'
import type { Io } from '../cli/io.ts'
import { readRecord } from './look.ts'
import { isLost, listEdited, removeLaptop } from './remove.ts'

interface RemoveFlags {
  readonly plan: boolean
  readonly json: boolean
  readonly yes: boolean
}

const verbOf = (file: LaptopRecord['whole'][number]): 'remove' | 'restore' | 'leave' => {
  if (file.before === undefined) return 'remove'
  return isLost(file) ? 'leave' : 'restore'
}

export const runRemove = async (place: LaptopPlace, flags: RemoveFlags, io: Io): Promise<void> => {
  const record = readRecord(place)
  const short = (path: string) => tilde(place.home, path)
  const removed = (record?.whole ?? []).map((file) => ({ path: file.path, verb: verbOf(file) }))
  const cleaned = (record?.blocks ?? []).map(({ path }) => ({ path, verb: 'clean' as const }))
  const changes = [...removed, ...cleaned]
  if (record !== undefined && !flags.plan) {
    for (const path of listEdited(record)) io.story.warn(`${short(path)} was changed since; that goes, too`)
    await askFor(io, flags.yes, `take back ${changes.map(({ path }) => short(path)).join(', ')}`)
    removeLaptop(record, place)
    if (existsSync(place.folder))
      io.story.say(`${short(place.folder)} stays: there are things of others in it`)
  }
  const words = {
    remove: 'removed',
    restore: 'as it was before',
    leave: 'left as it is, because what was there before is not kept any more',
    clean: 'without our lines',
  }
  if (flags.json) io.answer(JSON.stringify({ planned: flags.plan, changes }))
  else if (record === undefined) io.answer('nothing of laptop:setup is here')
  else io.answer(changes.map(({ path, verb }) => `${short(path)}: ${words[verb]}`).join('\n'))
}
