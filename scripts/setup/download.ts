import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { UserError } from '../../config/user-error.ts'

export interface Source {
  readonly url: string
  /** A new file. */
  readonly to: string
  /** Bytes; more than that is refused. */
  readonly largest?: number
  /** What to do about a failure. */
  readonly hint?: string
  readonly signal: AbortSignal | undefined
  note(text: string): void
}

export interface Download extends Source {
  readonly sha256: string
}

/** No tool we download comes near it; a mirror that never stops sending must not fill the disk. */
const largestTool = 300 * 1024 * 1024
/** No byte for so long means that none will come. */
const patience = 60_000

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`

const refuse = ({ url, hint }: Source, reason: string, cause?: unknown): UserError =>
  new UserError(`could not download ${url}: ${reason}`, {
    hint:
      hint ??
      'install that version so that it is on PATH, or name a mirror of releases.hashicorp.com/terraform: KIRO_SANDBOX_TERRAFORM_URL=https://mirror.example/terraform',
    cause,
  })

const reasonOf = (error: unknown): string => {
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return `no byte for ${patience / 1000} s`
  const { code, message: inner } = (cause ?? {}) as NodeJS.ErrnoException
  return code ?? inner ?? message
}

/** Ends when the person interrupts or when no byte came for `patience`. */
const createWatch = (signal: AbortSignal | undefined) => {
  const controller = new AbortController()
  const late = () => controller.abort(new DOMException('silence', 'TimeoutError'))
  let timer = setTimeout(late, patience)
  return {
    signal: signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]),
    alive() {
      clearTimeout(timer)
      timer = setTimeout(late, patience)
    },
    close: () => clearTimeout(timer),
  }
}

/** Writes the body of one URL to a new file and returns its digest. */
export const downloadDigest = async (source: Source): Promise<string> => {
  const { url, to, signal, note, largest = largestTool } = source
  const watch = createWatch(signal)
  const file = await open(to, 'wx')
  const hash = createHash('sha256')
  let size = 0
  try {
    const response = await fetch(url, { signal: watch.signal })
    if (!response.ok || response.body === null) throw refuse(source, `HTTP ${response.status}`)
    const total = Number(response.headers.get('content-length') ?? 0)
    for await (const chunk of response.body) {
      watch.alive()
      size += chunk.length
      if (size > largest) throw refuse(source, `more than ${megabytes(largest)}`)
      hash.update(chunk)
      await file.writeFile(chunk)
      note(total > 0 ? `${megabytes(size)} of ${megabytes(total)}` : megabytes(size))
    }
  } catch (error) {
    // The reason of an interrupt is already a UserError; a full disk is told by whoever owns the folder.
    if (signal?.aborted === true) throw signal.reason
    const local = (error as NodeJS.ErrnoException).syscall === 'write'
    throw error instanceof UserError || local ? error : refuse(source, reasonOf(error), error)
  } finally {
    watch.close()
    await file.close()
  }
  return hash.digest('hex')
}

/** The file is good or this throws; a short body has another checksum, so it cannot look whole. */
export const downloadVerified = async (download: Download): Promise<void> => {
  const actual = await downloadDigest(download)
  if (actual !== download.sha256)
    throw refuse(download, `its sha256 is ${actual}, expected ${download.sha256}`)
}
