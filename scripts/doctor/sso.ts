import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { renderDuration } from '../../config/duration.ts'
import { type Finding, fine, note } from '../../config/finding.ts'

export interface SsoLogin {
  readonly profile: string
  /** Name of the session, or the start URL of an old-style profile. */
  readonly session: string
  /** ISO 8601; undefined: there is no token. */
  readonly expiresAt: string | undefined
  /** The CLI and the SDK renew it by themselves while the client's registration lasts. */
  readonly renewable: boolean
}

type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>

/** https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html, as much of it as names a login. */
export const parseAwsConfig = (text: string): Sections => {
  const sections = new Map<string, Map<string, string>>()
  let now = new Map<string, string>()
  for (const line of text.split('\n')) {
    const head = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1]
    if (head !== undefined) {
      now = new Map()
      sections.set(head.replace(/\s+/g, ' '), now)
      continue
    }
    const [, key, value] = /^([A-Za-z0-9_.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) now.set(key, value)
  }
  return sections
}

/** What the profile logs in to; undefined: it has nothing to do with IAM Identity Center. */
export const decideSession = (sections: Sections, profile: string, hops = 5): string | undefined => {
  const found = sections.get(profile === 'default' ? 'default' : `profile ${profile}`)
  if (found === undefined || hops === 0) return undefined
  const own = found.get('sso_session') ?? found.get('sso_start_url')
  const source = found.get('source_profile')
  return own ?? (source === undefined ? undefined : decideSession(sections, source, hops - 1))
}

export const decideSso = (login: SsoLogin | undefined, now: Date): Finding[] => {
  if (login === undefined) return []
  const { profile, session, expiresAt, renewable } = login
  const fix = `aws sso login --profile ${profile}`
  if (expiresAt === undefined)
    return [note('sso login', `nobody is logged in to ${session} (profile ${profile})`, fix)]
  const left = Date.parse(expiresAt) - now.getTime()
  if (left > 0) return [fine('sso login', `${session} for another ${renderDuration(left)}`)]
  if (renewable) return [fine('sso login', `${session}, renewed with the next call`)]
  return [note('sso login', `the login to ${session} expired ${renderDuration(-left)} ago`, fix)]
}

const tokenSchema = z.object({
  expiresAt: z.string(),
  refreshToken: z.string().optional(),
  registrationExpiresAt: z.string().optional(),
})

const read = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })

/** The message of a failed parse would show what it could not parse, which here is a secret. */
const parseToken = (text: string) => {
  try {
    return tokenSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** The login of the profile that AWS tools would use now. Reads no secret further than its date. */
export const findSsoLogin = async (env: NodeJS.ProcessEnv, now: Date): Promise<SsoLogin | undefined> => {
  const folder = join(env.HOME ?? homedir(), '.aws')
  const profile = env.AWS_PROFILE ?? env.AWS_DEFAULT_PROFILE ?? 'default'
  const config = await read(env.AWS_CONFIG_FILE ?? join(folder, 'config'))
  const session = config === undefined ? undefined : decideSession(parseAwsConfig(config), profile)
  if (session === undefined) return undefined
  const name = createHash('sha1').update(session).digest('hex')
  const text = await read(join(folder, 'sso', 'cache', `${name}.json`))
  const token = parseToken(text ?? '')
  const registered = Date.parse(token?.registrationExpiresAt ?? '')
  const renewable = token?.refreshToken !== undefined && registered > now.getTime()
  return { profile, session, expiresAt: token?.expiresAt, renewable }
}
