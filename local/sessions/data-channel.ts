import { admitSession, type FindChannel } from '../gateway/upgrade.ts'
import type { Sessions } from './sessions.ts'

const prefix = '/v1/data-channel/'

/** A path that cannot be decoded is nobody's. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** The address that StartSession gave out. Whether there is such a session is told to nobody without its token. */
export const createFindChannel =
  (sessions: Sessions): FindChannel =>
  ({ path }) =>
    path.startsWith(prefix)
      ? (desk, head) =>
          admitSession(desk, head, (socket) => sessions.welcome(decode(path.slice(prefix.length)), socket))
      : undefined
