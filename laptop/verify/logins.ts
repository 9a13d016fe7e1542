import { createHash } from 'node:crypto'
import { names } from '../../config/names.ts'
import type { LaptopAws } from '../profiles.ts'

/** Folders below ~/.aws in which the AWS CLI keeps tokens and keys; AWS_CONFIG_FILE does not move them. */
export const loginFolders = ['sso/cache', 'cli/cache', 'login/cache'] as const

export interface CacheFile {
  readonly folder: (typeof loginFolders)[number]
  readonly name: string
  readonly text: string
}

export interface Login {
  readonly file: string
  readonly whose: 'kiro' | 'other'
  readonly what: string
}

/** Of the Kiro IDE for itself: opens no AWS account. https://github.com/mikeyobrien/pi-provider-kiro/pull/26 */
const kirosOwn = 'kiro-auth-token.json'

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const parse = (text: string): Record<string, unknown> => {
  try {
    return record(JSON.parse(text))
  } catch {
    return {}
  }
}

const lasts = (until: unknown, now: number): boolean => typeof until === 'string' && Date.parse(until) > now

const sameUrl = (a: string, b: string): boolean => a.replace(/[/#]+$/, '') === b.replace(/[/#]+$/, '')

/** Name of the file in which botocore caches the keys of a profile of ours.
 * https://github.com/boto/botocore/blob/develop/botocore/credentials.py, SSOCredentialFetcher */
const keyFiles = ({ profiles }: LaptopAws): readonly string[] =>
  profiles.map(({ accountId, permissionSet }) => {
    const key = { accountId, roleName: permissionSet, sessionName: names.laptop.ssoSession }
    return `${createHash('sha1').update(JSON.stringify(key)).digest('hex')}.json`
  })

const readSso = (data: Record<string, unknown>, aws: LaptopAws, now: number) => {
  const { accessToken, refreshToken, startUrl, expiresAt, registrationExpiresAt } = data
  const alive =
    (accessToken !== undefined && lasts(expiresAt, now)) ||
    (refreshToken !== undefined && lasts(registrationExpiresAt, now))
  if (!alive) return undefined
  const url = typeof startUrl === 'string' ? startUrl : 'an unnamed start URL'
  return { whose: sameUrl(url, aws.startUrl) ? 'kiro' : 'other', what: `a login to ${url}` } as const
}

const readKeys = (name: string, data: Record<string, unknown>, aws: LaptopAws, now: number) => {
  const keys = record(data.Credentials)
  if (!lasts(keys.Expiration, now)) return undefined
  return { whose: keyFiles(aws).includes(name) ? 'kiro' : 'other', what: 'keys of a role' } as const
}

/** Files that somebody could still log in with, and whether it is Kiro's own login. */
export const findLogins = (files: readonly CacheFile[], aws: LaptopAws, now: number): readonly Login[] =>
  files.flatMap(({ folder, name, text }) => {
    if (name === kirosOwn) return []
    const data = parse(text)
    const console = { whose: 'other', what: 'a login of aws login' } as const
    const found = {
      'sso/cache': () => readSso(data, aws, now),
      'cli/cache': () => readKeys(name, data, aws, now),
      'login/cache': () => ((data.accessToken ?? data.refreshToken) ? console : undefined),
    }[folder]()
    return found === undefined ? [] : [{ file: `~/.aws/${folder}/${name}`, ...found }]
  })
