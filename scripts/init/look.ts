import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import type { Settings } from '../../config/settings.ts'
import { UserError } from '../../config/user-error.ts'
import { findCaller } from '../aws/identity.ts'
import type { Io } from '../cli/io.ts'
import { decideSession, parseAwsConfig } from '../doctor/sso.ts'
import { findTarget, openTarget, type SdkConfig } from '../target.ts'

/** Whom the credentials at hand belong to. */
export interface Caller {
  readonly sdk: SdkConfig
  readonly arn: string
  readonly accountId: string
}

/** What ~/.aws/config and the environment say; nothing secret stands there. */
export interface Profile {
  readonly region: string | undefined
  readonly startUrl: string | undefined
  readonly loginRegion: string | undefined
}

export const parseProfile = (text: string, name: string): Profile => {
  const sections = parseAwsConfig(text)
  const own = sections.get(name === 'default' ? 'default' : `profile ${name}`)
  const session = decideSession(sections, name)
  // An old-style profile names the URL itself.
  const of = session?.startsWith('https://') ? own : sections.get(`sso-session ${session}`)
  return {
    region: own?.get('region'),
    startUrl: of?.get('sso_start_url'),
    loginRegion: of?.get('sso_region'),
  }
}

export const findProfile = async (env: NodeJS.ProcessEnv): Promise<Profile> => {
  const file = env.AWS_CONFIG_FILE ?? join(env.HOME ?? homedir(), '.aws', 'config')
  const text = await readFile(file, 'utf8').catch(() => '')
  const found = parseProfile(text, env.AWS_PROFILE ?? env.AWS_DEFAULT_PROFILE ?? 'default')
  return { ...found, region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? found.region }
}

/** Asks AWS who we are. Without credentials init goes on, and says what it could not look at. */
export const findAwsCaller = async (region: string, io: Io): Promise<Caller | undefined> => {
  try {
    const arn = await findCaller({ region })
    return { sdk: { region }, arn, accountId: arn.split(':')[4] ?? '' }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    io.story.warn(`nothing of AWS could be looked at: ${error.message}`)
    return undefined
  }
}

/** The embedded target, where it runs. @param start starts it, because what is wished for is in it */
export const findLocalCaller = async (
  request: { readonly settings: Settings; readonly paths: Paths; readonly io: Io; readonly yes: boolean },
  start: boolean,
): Promise<Caller | undefined> => {
  const settings = { ...request.settings, target: 'local' as const }
  const target = await (start ? openTarget : findTarget)({ ...request, settings })
  return target && { sdk: target.sdk, arn: '', accountId: target.accountId }
}
