import { posix } from 'node:path'
import { names } from '../config/names.ts'

const { join } = posix

/** Where things lie in an engineer's home. ~/.aws/config and ~/.aws/credentials are read by nothing of ours. */
export interface LaptopPlace {
  readonly home: string
  readonly folder: string
  readonly config: string
  readonly credentials: string
  readonly launcher: string
  readonly powershellLauncher: string
  readonly readonlyAgent: string
  readonly elevatedAgent: string
  readonly steering: string
  /** What we wrote and what was there before, for --remove. */
  readonly record: string
  /** Files of a person that ours took the place of. */
  readonly before: string
}

export const planLaptopPlace = (home: string): LaptopPlace => {
  const folder = join(home, '.aws', 'kiro')
  const kiro = join(home, '.kiro')
  const { launcher, readonlyAgent, elevatedAgent } = names.laptop
  return {
    home,
    folder,
    config: join(folder, 'config'),
    credentials: join(folder, 'credentials'),
    launcher: join(folder, 'bin', launcher),
    powershellLauncher: join(folder, 'bin', `${launcher}.ps1`),
    readonlyAgent: join(kiro, 'agents', `${readonlyAgent}.json`),
    elevatedAgent: join(kiro, 'agents', `${elevatedAgent}.json`),
    // Kiro reads AGENTS.md always, in the CLI and in the IDE. https://kiro.dev/docs/steering/
    steering: join(kiro, 'steering', 'AGENTS.md'),
    record: join(folder, 'laptop.json'),
    before: join(folder, 'before'),
  }
}

/** `~/...`, as people write it. */
export const tilde = (home: string, path: string): string =>
  path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
