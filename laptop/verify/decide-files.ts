import type { Finding } from '../../config/finding.ts'
import { tilde } from '../place.ts'
import type { LaptopFacts } from './facts.ts'

const setup = 'npm run laptop:setup'
const octal = (mode: number) => mode.toString(8).padStart(4, '0')

type WholeFact = LaptopFacts['whole'][number]

/** Of a configuration file, which settings there are that we do not write. */
const foreignKeys = (wanted: string, found: string): readonly string[] => {
  const keys = (text: string) => [...text.matchAll(/^\s*([a-z0-9_]+)\s*=/gim)].map(([, key = '']) => key)
  const ours = new Set(keys(wanted))
  return [...new Set(keys(found).filter((key) => !ours.has(key)))]
}

const decideContent = (short: string, path: string, { wanted, found }: WholeFact, facts: LaptopFacts) => {
  if (found === undefined || found.bytes === wanted.bytes) return undefined
  if (path === facts.place.credentials) return `${short} is not empty: keys in it exist for Kiro`
  const keys = path === facts.place.config ? foreignKeys(wanted.bytes, found.bytes) : []
  const about = keys.length > 0 ? `; it has ${keys.join(', ')}` : ''
  return `${short} is not what the settings make${about}`
}

const decideFile = (fact: WholeFact, facts: LaptopFacts): readonly Finding[] => {
  const { wanted, found } = fact
  const short = tilde(facts.place.home, wanted.path)
  const wrong = (what: string, says: string, fix: string): Finding => ({ what, verdict: 'wrong', says, fix })
  if (found === undefined) return [wrong('files', `${short} is missing`, setup)]
  if (found.link !== undefined)
    return [wrong('links', `${short} is a link to ${found.link}`, `rm ${short} && ${setup}`)]
  const content = decideContent(short, wanted.path, fact, facts)
  return [
    ...(content === undefined ? [] : [wrong('files', content, setup)]),
    ...(found.mode === wanted.mode
      ? []
      : [
          wrong(
            'permissions',
            `${short} has ${octal(found.mode)}, not ${octal(wanted.mode)}`,
            `chmod ${octal(wanted.mode)} ${short}`,
          ),
        ]),
  ]
}

const decideFolder = ({ folder, place, foreign }: LaptopFacts): readonly Finding[] => {
  const short = tilde(place.home, place.folder)
  const owned = foreign.map((path): Finding => {
    const name = tilde(place.home, path)
    return {
      what: 'permissions',
      verdict: 'wrong',
      says: `${name} belongs to another user`,
      fix: `sudo chown -h "$USER" ${name}`,
    }
  })
  if (folder === undefined) return owned
  if (folder.link !== undefined) {
    const says = `${short} is a link to ${folder.link}`
    return [...owned, { what: 'links', verdict: 'wrong', says, fix: `rm ${short} && ${setup}` }]
  }
  if ((folder.mode & 0o077) === 0) return owned
  const says = `${short} has ${octal(folder.mode)}: others may look into it`
  return [...owned, { what: 'permissions', verdict: 'wrong', says, fix: `chmod 0700 ${short}` }]
}

/** Files, links, permissions, owners. */
export const decideFiles = (facts: LaptopFacts): readonly Finding[] => {
  if (facts.whole.every(({ found }) => found === undefined))
    return [{ what: 'files', verdict: 'wrong', says: 'laptop:setup has not been here', fix: setup }]
  const found = [...decideFolder(facts), ...facts.whole.flatMap((fact) => decideFile(fact, facts))]
  const fine = (what: string, says: string): readonly Finding[] =>
    found.some((one) => one.what === what) ? [] : [{ what, verdict: 'fine', says }]
  const steering: readonly Finding[] = facts.steering
    ? []
    : [
        {
          what: 'steering',
          verdict: 'wrong',
          says: `${tilde(facts.place.home, facts.place.steering)} does not hold our rules as the settings make them`,
          fix: setup,
        },
      ]
  return [
    ...fine('files', `all ${facts.whole.length} are as the settings make them`),
    ...fine('links', 'no file or folder of ours is a link'),
    ...fine('permissions', 'for their owner alone'),
    ...found,
    ...steering,
  ]
}
