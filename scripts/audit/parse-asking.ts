import { usageError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { parseUsers } from '../sandbox/context.ts'
import { parseStore } from './lake/find-store.ts'
import type { Asking } from './open-source.ts'
import { parseSince } from './range.ts'
import { parseRegions } from './regions.ts'

interface AskingFlags {
  readonly user: readonly string[]
  readonly since: string | undefined
  readonly region: readonly string[]
  readonly 'event-data-store': string | undefined
}

/** Whose story, how far back (milliseconds) and where: as every command reads it that asks CloudTrail. */
export const parseAsking = (
  command: string,
  flags: AskingFlags,
): Asking & { readonly user: UserName; readonly since: number } => {
  const users = parseUsers(command, flags.user)
  const [user] = users
  if (user === undefined || users.length > 1)
    throw usageError(`${users.join(', ')}: one story at a time`, `npm run ${command} -- --user ${users[0]}`)
  const store = flags['event-data-store']
  if (store !== undefined) parseStore(store, '')
  if (store !== undefined && flags.region.length > 0)
    throw usageError(
      `--region ${flags.region.join(', ')} goes by event history: the store "${store}" has the regions that it collects`,
      `npm run ${command} -- --user ${user} --event-data-store ${store}`,
    )
  return {
    user,
    since: parseSince(flags.since, store !== undefined),
    regions: parseRegions(flags.region),
    store,
  }
}
