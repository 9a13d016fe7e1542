import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { poll } from '../aws/poll.ts'
import type { ImageStore } from './image-store.ts'

/** Moving an alias takes about a second; who holds it for longer is dead. Seconds. */
const validSeconds = 30

const isOver = (text: string, now: number): boolean => {
  try {
    return Date.parse((JSON.parse(text) as { until: string }).until) < now
  } catch {
    return true
  }
}

/**
 * One of ours moves the aliases of an environment at a time: parameter store has no conditional write, S3 has.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export const withAliasLock = async <T>(
  store: ImageStore,
  environment: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> => {
  const key = names.aliasLockKey(environment)
  const render = () => {
    const until = new Date(Date.now() + validSeconds * 1000).toISOString()
    return JSON.stringify({ id: randomUUID(), host: hostname(), until })
  }
  const mine = await poll(
    signal,
    validSeconds * 2,
    async () => {
      const text = render()
      if (await store.write(key, text, 'absent')) return text
      const found = await store.read(key)
      if (found === undefined || !isOver(found.text, Date.now())) return undefined
      return (await store.write(key, text, { etag: found.etag })) ? text : undefined
    },
    () =>
      new UserError(`somebody else has been moving the image aliases of ${environment} for a minute`, {
        hint: 'run the same command again',
      }),
  )
  try {
    return await work()
  } finally {
    if ((await store.read(key))?.text === mine) await store.remove(key)
  }
}
