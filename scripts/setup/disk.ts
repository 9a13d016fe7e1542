import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../../config/user-error.ts'

const sentence: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write to',
  EPERM: 'no permission to write to',
  EROFS: 'read-only file system at',
  ENOSPC: 'no space left at',
  EDQUOT: 'disk quota used up at',
  ENOTDIR: 'a file stands where a folder is needed at',
}

/** Disk trouble is the person's to mend; everything else passes unchanged. */
export const explainDisk = (error: unknown, path: string): unknown => {
  const words = sentence[(error as NodeJS.ErrnoException | undefined)?.code ?? '']
  if (words === undefined) return error
  return new UserError(`${words} ${path}`, {
    hint: 'free or open that folder, or use another one: KIRO_SANDBOX_STATE=/a/writable/folder npm run setup',
    cause: error,
  })
}

export const onDisk = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw explainDisk(error, path)
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const draftName = /^\.draft-(\d+)-/

/** What a killed run left behind. Drafts carry the pid of their maker. */
const sweepDrafts = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const pid = Number(draftName.exec(name)?.[1] ?? Number.NaN)
    if (!Number.isNaN(pid) && !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** A folder to build something in, on the disk it will be moved on; gone afterwards, whatever happens. */
export const withDraft = async <T>(folder: string, work: (draft: string) => Promise<T>): Promise<T> =>
  onDisk(folder, async () => {
    await mkdir(folder, { recursive: true })
    await sweepDrafts(folder)
    const draft = await mkdtemp(join(folder, `.draft-${process.pid}-`))
    try {
      return await work(draft)
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  })

/** Puts a finished folder into place. Readers see the old one or the new one, never a half. */
export const moveIntoPlace = async (from: string, to: string, draft: string): Promise<void> => {
  await rename(to, join(draft, 'replaced')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    // Somebody else finished the same installation first; theirs is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}

/** Readers see the old text or the new one; of several writers, also within one process, the last one's stays. */
export const writeWhole = async (path: string, text: string): Promise<void> =>
  withDraft(dirname(path), async (folder) => {
    const draft = join(folder, 'draft')
    await writeFile(draft, text)
    await rename(draft, path)
  })
