import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { UserError } from '../../config/user-error.ts'

const schema = z.object({
  pid: z.number(),
  /** Start of the process as the kernel counts it, so that a reused pid is not taken for ours. */
  born: z.string(),
  startedAt: z.string(),
  command: z.string(),
  terraform: z.object({ pid: z.number(), born: z.string() }).optional(),
  /** The state lock that our Terraform holds, once we have seen it. */
  lockId: z.string().optional(),
})

type RunNote = z.infer<typeof schema>

/** What an earlier run, now dead, left behind. */
export interface DeadRun {
  readonly lockId: string | undefined
}

const fileOf = (folder: string): string => join(folder, 'run.json')

/** Kernel's start time of a process; undefined when there is no such process. Linux reads /proc, others ask ps. */
export const findBirth = async (pid: number): Promise<string | undefined> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; the 22nd field counts from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    if (process.platform === 'linux') return undefined
  }
  const { $ } = await import('zx/core')
  const { stdout } = await $({ quiet: true, nothrow: true })`ps -o lstart= -p ${pid}`
  return stdout.trim() === '' ? undefined : stdout.trim()
}

export const isAlive = async ({ pid, born }: { pid: number; born: string }): Promise<boolean> =>
  (await findBirth(pid)) === born

const readNote = async (file: string): Promise<RunNote | undefined> => {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}

/**
 * The right to work in one stack's folder. Terraform locks the state, not the folder: two runs in one would
 * trip over each other's `terraform init`. Taken by linking a finished file into place, which only one can do.
 */
export class StackRun {
  /** What a dead run left, if this one took over from it. */
  readonly takenOver: DeadRun | undefined
  private readonly file: string
  private note: RunNote
  private kept = false
  /** Notes are written one after the other; an older one must not land on a newer one. */
  private writing: Promise<void> = Promise.resolve()

  private constructor(file: string, note: RunNote, takenOver: DeadRun | undefined) {
    this.file = file
    this.note = note
    this.takenOver = takenOver
  }

  static async begin(folder: string, command: string): Promise<StackRun> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = fileOf(folder)
    const born = (await findBirth(process.pid)) ?? 'unknown'
    const note: RunNote = { pid: process.pid, born, startedAt: new Date().toISOString(), command }
    const takenOver = await claim(file, note)
    return new StackRun(file, note, takenOver)
  }

  async terraformStarted(pid: number): Promise<void> {
    await this.update({ terraform: { pid, born: (await findBirth(pid)) ?? 'gone' } })
  }

  async lockSeen(lockId: string): Promise<void> {
    await this.update({ lockId })
  }

  /** What happened here is for the next run to read. */
  keepNote(): void {
    this.kept = true
  }

  async end(): Promise<void> {
    await this.writing
    if (this.kept) return
    await rm(this.file, { force: true })
  }

  private update(change: Partial<RunNote>): Promise<void> {
    this.note = { ...this.note, ...change }
    const text = JSON.stringify(this.note)
    // Without the note the next run cannot tell our lock from a stranger's and asks; no reason to end this run.
    this.writing = this.writing.then(() => replaceFile(this.file, text)).catch(() => {})
    return this.writing
  }
}

const replaceFile = async (file: string, text: string): Promise<void> => {
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, text)
  await rename(draft, file)
}

const claim = async (file: string, note: RunNote): Promise<DeadRun | undefined> => {
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, JSON.stringify(note))
  try {
    for (let takenOver: DeadRun | undefined; ; ) {
      try {
        await link(draft, file)
        return takenOver
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      takenOver = await removeDead(file)
    }
  } finally {
    await unlink(draft)
  }
}

const removeDead = async (file: string): Promise<DeadRun> => {
  const other = await readNote(file)
  if (other !== undefined) await refuseIfAlive(other)
  // Out of the way under a name of its own; if somebody was quicker, there is nothing left to move.
  const aside = `${file}.${randomUUID()}`
  await rename(file, aside).catch(() => {})
  const moved = await readNote(aside)
  if (moved !== undefined && moved.pid !== other?.pid && (await isAlive(moved))) {
    // A living run had taken the place between our two looks: give it back.
    await rename(aside, file)
    await refuseIfAlive(moved)
  }
  await rm(aside, { force: true })
  return { lockId: other?.lockId }
}

/** Somebody else is at work in the folder; for a shared stack that is worth waiting for. */
export class FolderBusy extends UserError {}

const refuseIfAlive = async (other: RunNote): Promise<void> => {
  if (await isAlive(other))
    throw new FolderBusy(
      `${other.command} is already running here (pid ${other.pid}, since ${other.startedAt})`,
      {
        hint: 'wait until it is done, or end it with Ctrl-C in its terminal',
      },
    )
  if (other.terraform !== undefined && (await isAlive(other.terraform)))
    throw new FolderBusy(
      `Terraform of an earlier, killed run is still at work (pid ${other.terraform.pid}, since ${other.startedAt})`,
      {
        hint: 'wait until it is done, then run the same command again',
      },
    )
}
