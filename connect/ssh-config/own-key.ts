import { execFile } from 'node:child_process'
import { chmodSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { UserError } from '../../config/user-error.ts'
import { readBytes, writeBytes } from '../../home/files.ts'
import type { SshPlace } from './place.ts'

const keygen = async (...args: string[]): Promise<string> => {
  try {
    return (await promisify(execFile)('ssh-keygen', args)).stdout
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: string }
    if (code === 'ENOENT')
      throw new UserError('there is no ssh-keygen on PATH', { hint: 'install the OpenSSH client', cause })
    throw new UserError(`ssh-keygen has failed: ${(stderr ?? String(cause)).trim()}`, {
      hint: `is ${args.at(-1)} a key without a passphrase? without it a new one is made`,
      cause,
    })
  }
}

/** Made aside and linked into place, which only one of several commands at once can do; the others take its key. */
const makeKey = async ({ folder, identity }: SshPlace): Promise<void> => {
  const aside = mkdtempSync(join(folder, '.key-'))
  try {
    const draft = join(aside, 'id')
    await keygen('-q', '-t', 'ed25519', '-N', '', '-C', 'kiro-sandbox', '-f', draft)
    linkSync(draft, identity)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/** Whoever removes the last sandbox takes the key away, and the folder with it, between any two lines of ours. */
class TakenAway extends Error {}

/** Tells that from a fault: what was there a moment ago is not, and the same again makes it anew. */
export const wasTakenAway = (error: unknown): boolean =>
  error instanceof TakenAway || (error as NodeJS.ErrnoException).code === 'ENOENT'

/**
 * The key pair of all sandboxes of this person. It opens nothing by itself: AWS hands the public half to a machine
 * for a minute, and only to those who may ask for that. So it has no passphrase. Throws what `wasTakenAway` knows
 * when another command removes the key meanwhile.
 */
export const ensureKey = async (place: SshPlace): Promise<void> => {
  const { folder, identity, publicKey } = place
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!existsSync(identity)) await makeKey(place)
  // ssh uses no private key that others could read.
  chmodSync(identity, 0o600)
  const key = readFileSync(identity, 'latin1')
  const refuseOther = () => {
    if (readBytes(identity) !== key) throw new TakenAway(`${identity} was removed or replaced meanwhile`)
  }
  try {
    writeBytes(publicKey, await keygen('-y', '-f', identity))
  } catch (error) {
    refuseOther()
    throw error
  }
  refuseOther()
}
