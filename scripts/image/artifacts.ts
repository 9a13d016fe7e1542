import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import { UserError } from '../../config/user-error.ts'
import { sha256 as digestOf } from '../../images/digest.ts'
import { downloadDigest } from '../setup/download.ts'

/** kiro-cli is about 550 MB. */
const largest = 2 * 1024 ** 3

export interface WantedArchive {
  /** For people: `kiro-cli 2.21.4`. */
  readonly what: string
  readonly address: string
  /** undefined: whatever it turns out to be, which is what image:lock writes down. */
  readonly sha256: string | undefined
}

export interface Archive {
  readonly file: string
  readonly sha256: string
}

const hint = 'a lock whose archive is gone or another one needs npm run image:lock -- --update'

/** Keeps archives by their sha256; a name in this folder is a promise about the content. */
export class Artifacts {
  private readonly folder: string

  constructor(paths: Pick<Paths, 'state'>) {
    this.folder = join(paths.state, 'artifacts')
  }

  /** Downloads it unless it is here. @throws UserError that names both sums when it is not what was locked */
  async fetch(wanted: WantedArchive, signal: AbortSignal, note: (text: string) => void): Promise<Archive> {
    const { what, address, sha256 } = wanted
    if (sha256 !== undefined && (await this.holds(sha256))) return { file: this.fileOf(sha256), sha256 }
    await mkdir(this.folder, { recursive: true })
    const draft = join(this.folder, `.draft-${randomUUID()}`)
    try {
      const actual = await downloadDigest({
        ...{ url: address, to: draft, signal, largest, hint },
        note: (text) => note(`${what}: ${text}`),
      })
      if (sha256 !== undefined && actual !== sha256)
        throw new UserError(
          `${what} is not what was locked: the sha256 of ${address} is ${actual}, expected ${sha256}`,
          { hint },
        )
      await rename(draft, this.fileOf(actual))
      return { file: this.fileOf(actual), sha256: actual }
    } finally {
      await rm(draft, { force: true })
    }
  }

  /** Puts something we made beside the downloads. */
  async keep(content: Uint8Array): Promise<Archive> {
    const sha256 = digestOf(content)
    await mkdir(this.folder, { recursive: true })
    const draft = join(this.folder, `.draft-${randomUUID()}`)
    await writeFile(draft, content)
    await rename(draft, this.fileOf(sha256))
    return { file: this.fileOf(sha256), sha256 }
  }

  private fileOf(sha256: string): string {
    return join(this.folder, sha256)
  }

  /** A disk may have lost a part of it; a sum of half a gigabyte takes less than a second. */
  private async holds(sha256: string): Promise<boolean> {
    try {
      return digestOf(await readFile(this.fileOf(sha256))) === sha256
    } catch {
      return false
    }
  }
}
