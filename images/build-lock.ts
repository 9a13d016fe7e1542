import * as z from 'zod'

const schema = z.object({
  build: z.string().min(1),
  /** For people: who builds, and where. */
  owner: z.string(),
  host: z.string(),
  pid: z.number(),
  /** Start of that process as its kernel counts it, so that a reused pid is not taken for it. */
  born: z.string(),
  /** ISO 8601; after this the machines of that build are gone whatever happened. */
  deadline: z.string(),
})

/** Lies in the state bucket while an image of one digest is being built. */
export type BuildLock = z.infer<typeof schema>

export const parseBuildLock = (text: string): BuildLock | undefined => {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/**
 * A lock is good for nothing when its time is over, or when it was taken on this computer by a process that is no
 * more. One that cannot be read was written by nobody we know, and counts as over.
 */
export const decideLockIsDead = (
  lock: BuildLock | undefined,
  here: { readonly now: Date; readonly host: string; readonly ownerIsAlive: boolean },
): boolean =>
  lock === undefined || new Date(lock.deadline) < here.now || (lock.host === here.host && !here.ownerIsAlive)
