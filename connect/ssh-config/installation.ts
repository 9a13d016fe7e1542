import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import type { UserName } from '../../config/user-name.ts'
import { backUpOnce, readBytes, removeFile, writeBytes } from '../../home/files.ts'
import { hasInclude, leadsToUs, withInclude, withoutInclude } from './include.ts'
import { isPinned } from './known-hosts.ts'
import { ensureKey } from './own-key.ts'
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

/** Somebody else may be removing the last other sandbox, and the folder with it. */
const attempts = 5

/** Writes what is missing or different and returns those files. */
export const install = async (
  place: SshPlace,
  user: UserName,
  files: HostFiles,
  include: string,
): Promise<string[]> => {
  const written = new Set<string>()
  for (let left = attempts; ; left -= 1)
    try {
      for (const file of await writeAll(place, user, files, include)) written.add(file)
      if (left === 0 || findInstalled(place, user) !== undefined) return [...written]
    } catch (error) {
      if (left === 0 || existsSync(place.identity)) throw error
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
  if (listAliases(place).length > 0) return own
  const shared = [...unshare(place), ...clearFolder(place)]
  if (listAliases(place).length > 0) await share(place, include)
  return [...own, ...shared]
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
