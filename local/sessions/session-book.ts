import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../ssm/write-file.ts'
import { hasEnded, type Session } from './session.ts'

/** Every session with what became of it: in memory, and one file each. No token is ever kept. */
export interface SessionBook {
  find(sessionId: string): Session | undefined
  /** Newest first. */
  list(): readonly Session[]
  put(session: Session): void
}

/** AWS keeps history for 30 days; the number is ours. */
const longest = 30 * 24 * 3_600_000
const most = 1000

export const planForget = (newestFirst: readonly Session[], now: number): readonly Session[] =>
  newestFirst.filter(
    (session, index) => hasEnded(session) && (index >= most || now - session.startedAt > longest),
  )

const load = (folder: string, log: (line: string) => void): Session[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(folder, name), 'utf8')) as Session]
      } catch (error) {
        log(`${join(folder, name)} is left out: ${(error as Error).message}`)
        return []
      }
    })
    .sort((a, b) => a.startedAt - b.startedAt)

export const openSessionBook = (
  folder: string,
  now: () => number,
  log: (line: string) => void,
): SessionBook => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const sessions = new Map(load(folder, log).map((session) => [session.sessionId, session]))
  // Names of principals hold characters that names of files do not: the random end is enough.
  const fileOf = ({ sessionId }: Session) => join(folder, `${sessionId.slice(-25)}.json`)
  const newestFirst = () => [...sessions.values()].reverse()

  const put = (session: Session): void => {
    const isNew = !sessions.has(session.sessionId)
    sessions.set(session.sessionId, session)
    try {
      writeWhole(fileOf(session), JSON.stringify(session))
    } catch (error) {
      log(`${fileOf(session)} cannot be written: ${(error as Error).message}`)
    }
    if (isNew) prune()
  }
  const prune = (): void => {
    for (const session of planForget(newestFirst(), now())) {
      sessions.delete(session.sessionId)
      rmSync(fileOf(session), { force: true })
    }
  }
  prune()
  // Their sockets, and what they spoke with, ended with the gateway that had them.
  for (const session of newestFirst().filter((one) => !hasEnded(one)))
    put({ ...session, status: 'Terminated', endedAt: now() })
  return { find: (sessionId) => sessions.get(sessionId), list: newestFirst, put }
}
