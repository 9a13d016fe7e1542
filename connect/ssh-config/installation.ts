import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import type { UserName } from '../../config/user-name.ts'
import { backUpOnce, readBytes, removeFile, writeBytes } from '../../home/files.ts'
import { hasInclude, leadsToUs, withInclude, withoutInclude } from './include.ts'
import { isPinned } from './known-hosts.ts'
import { ensureKey, wasTakenAway } from './own-key.ts'
import { aliasOfBlock, type SshPlace } from './place.ts'
import { instanceOf } from './render-host.ts'

/** What one sandbox has of its own. */
export interface HostFiles {
  readonly block: string
  readonly knownHosts: string
}

/** The sandboxes that have a block. */
export const listAliases = ({ folder }: SshPlace): string[] =>
  existsSync(folder) ? readdirSync(folder).flatMap((file) => aliasOfBlock(file) ?? []) : []

/** The machine that the files of a sandbox lead to; undefined when one of them is missing. */
export const findInstalled = (place: SshPlace, user: UserName): string | undefined => {
  const instanceId = instanceOf(readBytes(place.host(user)))
  const shared = existsSync(place.identity) && leadsToUs(readBytes(place.userConfig))
  if (instanceId === undefined || !shared) return undefined
  return isPinned(readBytes(place.knownHosts(user)), instanceId) ? instanceId : undefined
}

/** How often others may take away what we are at before that counts as a fault. */
const attempts = 5

/** Does it again while somebody else removes the last other sandbox, and the key and the folder with it. */
const despiteRemovals = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let left = attempts; ; left -= 1)
    try {
      return await work()
    } catch (error) {
      if (left === 0 || !wasTakenAway(error)) throw error
    }
}

/** Writes what is missing or different and returns those files. */
export const install = async (
  place: SshPlace,
  user: UserName,
  files: HostFiles,
  include: string,
): Promise<string[]> => {
  const written = new Set<string>()
  for (let left = attempts; ; left -= 1) {
    const now = await despiteRemovals(() => writeAll(place, user, files, include))
    for (const file of now) written.add(file)
    if (left === 0 || findInstalled(place, user) !== undefined) return [...written]
  }
}

/** The block before what all share: whoever removes the last sandbox looks for blocks once more when he is done. */
const writeAll = async (
  place: SshPlace,
  user: UserName,
  { block, knownHosts }: HostFiles,
  include: string,
): Promise<string[]> => {
  const own = [
    [place.knownHosts(user), knownHosts],
    [place.host(user), block],
  ] as const
  const written = own.flatMap(([file, bytes]) => (writeBytes(file, bytes) ? [file] : []))
  return [...written, ...(await share(place, include))]
}

/** What all sandboxes have in common: the key and the Include. */
const share = async (place: SshPlace, include: string): Promise<string[]> => {
  const hadKey = existsSync(place.identity)
  await ensureKey(place)
  const made = hadKey ? [] : [place.identity]
  const config = readBytes(place.userConfig)
  if (leadsToUs(config) && !hasInclude(config)) return made
  if (!hasInclude(config)) backUpOnce(place.userConfig, place.backup)
  return writeBytes(place.userConfig, withInclude(config, include)) ? [...made, place.userConfig] : made
}

/**
 * Takes the files of a sandbox away, and with the last one everything of ours: the person's own file then has the
 * bytes it would have without us. Returns what was removed or changed.
 */
export const uninstall = async (place: SshPlace, user: UserName, include: string): Promise<string[]> => {
  const own = [place.host(user), place.knownHosts(user)].filter((file) => existsSync(file))
  for (const file of own) removeFile(file)
  const taken = new Set(own)
  // A sandbox that came meanwhile gets back what it shares; if it has gone by then, that goes with it.
  for (let left = attempts; left >= 0 && listAliases(place).length === 0; left -= 1) {
    for (const file of [...unshare(place), ...clearFolder(place)]) taken.add(file)
    if (listAliases(place).length === 0) break
    await despiteRemovals(() => share(place, include))
  }
  return [...taken]
}

/** A file that was not there before us, and in which nobody has written since, goes. */
const unshare = (place: SshPlace): string[] => {
  const config = readBytes(place.userConfig)
  if (!hasInclude(config)) return []
  const rest = withoutInclude(config)
  if (rest === '' && !existsSync(place.backup)) removeFile(place.userConfig)
  else writeBytes(place.userConfig, rest)
  return [place.userConfig]
}

/** The copy stays when the file has changed since: only its owner knows which of the two he wants. */
const clearFolder = (place: SshPlace): string[] => {
  const needless = [place.identity, place.publicKey].filter((file) => existsSync(file))
  if (existsSync(place.backup) && readBytes(place.backup) === readBytes(place.userConfig))
    needless.push(place.backup)
  for (const file of needless) removeFile(file)
  try {
    rmdirSync(place.folder)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  return needless
}
