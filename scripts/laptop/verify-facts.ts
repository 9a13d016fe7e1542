import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readBytes } from '../../home/files.ts'
import { withBlock } from '../../home/marked-block.ts'
import { styles } from '../../laptop/changes.ts'
import type { LaptopPlace } from '../../laptop/place.ts'
import { stranger } from '../../laptop/verify/decide-cli.ts'
import type { LaptopFacts } from '../../laptop/verify/facts.ts'
import { type CacheFile, findLogins, loginFolders } from '../../laptop/verify/logins.ts'
import { findOnPath } from '../setup/on-path.ts'
import { askCli, askEnvironment, askShells, throughLauncher } from './ask-launcher.ts'
import { findFile } from './look.ts'
import type { Wanted } from './plan.ts'

/** Each costs a start of the AWS CLI; a dozen of a person's own profiles tell as much as all of them. */
const mostProfiles = 12

const sections = (file: string): readonly string[] =>
  [...readBytes(file).matchAll(/^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/gm)]
    .map(([, name = '']) => name.replace(/^(['"])(.*)\1$/, '$2'))
    .filter((name) => !/^(sso-session|services)\s/.test(name) && !name.startsWith('-'))

const listCandidates = ({ aws, place }: Wanted): readonly string[] => {
  const own = aws.profiles.map(({ name }) => name)
  const inOurs = [place.config, place.credentials].flatMap(sections)
  const inTheirs = ['config', 'credentials'].flatMap((name) => sections(join(place.home, '.aws', name)))
  const others = [...new Set(['default', stranger, ...inOurs, ...inTheirs])].filter(
    (name) => !own.includes(name),
  )
  return [...own, ...others.slice(0, mostProfiles)]
}

const readCaches = (home: string): readonly CacheFile[] =>
  loginFolders.flatMap((folder) => {
    const path = join(home, '.aws', folder)
    if (!existsSync(path)) return []
    return readdirSync(path)
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({ folder, name, text: readFileSync(join(path, name), 'utf8') }))
  })

const findFolder = ({ folder }: LaptopPlace): LaptopFacts['folder'] => {
  const entry = lstatSync(folder, { throwIfNoEntry: false })
  if (entry === undefined) return undefined
  return { mode: entry.mode & 0o777, link: entry.isSymbolicLink() ? readlinkSync(folder) : undefined }
}

const findForeign = ({ whole, place }: Wanted): readonly string[] => {
  const paths = new Set([place.folder, ...whole.flatMap(({ path }) => [dirname(path), path])])
  const uid = process.getuid?.()
  return [...paths].filter((path) => {
    const entry = lstatSync(path, { throwIfNoEntry: false })
    return entry !== undefined && entry.uid !== uid
  })
}

const hasSteering = ({ blocks }: Wanted): boolean =>
  blocks.every(({ path, style, lines }) => {
    const text = readBytes(path)
    return text !== '' && withBlock(text, styles[style], lines) === text
  })

export const findLaptopFacts = async (
  wanted: Wanted,
  env: NodeJS.ProcessEnv,
  now: number,
  signal: AbortSignal,
): Promise<LaptopFacts> => {
  const { aws, place } = wanted
  const ask = throughLauncher(place, env, signal)
  const environment = existsSync(place.launcher) ? await askEnvironment(ask) : undefined
  const [shells, cli] =
    environment === undefined
      ? [[], undefined]
      : await Promise.all([askShells(ask, env.SHELL), askCli(ask, listCandidates(wanted))])
  return {
    ...{ aws, place, environment, shells, cli },
    whole: wanted.whole.map((file) => ({ wanted: file, found: findFile(file.path) })),
    folder: findFolder(place),
    foreign: findForeign(wanted),
    steering: hasSteering(wanted),
    logins: findLogins(readCaches(place.home), aws, now),
    kiroCli: findOnPath('kiro-cli', env) !== undefined,
  }
}
