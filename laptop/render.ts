import { names } from '../config/names.ts'
import { renderScript } from '../userdata/render.ts'
import { renderTemplate } from '../userdata/template.ts'
import { type LaptopPlace, tilde } from './place.ts'
import type { LaptopAws, LaptopProfile } from './profiles.ts'

/** Files of this folder, relative to it, and their text. */
export type LaptopSources = ReadonlyMap<string, string>

/** The files that `renderLaptop` needs. */
export const laptopSources = [
  'templates/aws-config.hbs',
  'templates/aws-profile.hbs',
  'templates/agent-readonly.json.hbs',
  'templates/agent-elevated.json.hbs',
  'templates/steering.md.hbs',
  'launcher/kiro-aws.sh',
  'launcher/kiro-aws.ps1.hbs',
] as const

/** A file that is ours from the first byte to the last. Bytes are latin1 text: one character each. */
export interface WholeFile {
  readonly path: string
  readonly mode: number
  readonly bytes: string
}

export interface LaptopFiles {
  readonly whole: readonly WholeFile[]
  /** Lines for the steering document, which may be somebody's already. */
  readonly steering: readonly string[]
}

const { ssoSession, readonlyAgent, elevatedAgent, launcher } = names.laptop

const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

const listNames = (profiles: readonly LaptopProfile[]): string => profiles.map(({ name }) => name).join(', ')

/** As PowerShell reads it: nothing inside single quotes means anything but the quote itself. */
const quoteForPowershell = (value: string): string => `'${value.replaceAll("'", "''")}'`

const renderConfig = (render: Render, { profiles, region, startUrl, ssoRegion }: LaptopAws): string =>
  render('templates/aws-config.hbs', {
    session: ssoSession,
    startUrl,
    ssoRegion,
    profiles: profiles
      .map(({ name, accountId, permissionSet }) =>
        render('templates/aws-profile.hbs', { name, accountId, permissionSet, region, session: ssoSession }),
      )
      .join('')
      .trimEnd()
      .concat('\n'),
  })

const renderSteering = (render: Render, { profiles }: LaptopAws, place: LaptopPlace): readonly string[] =>
  render('templates/steering.md.hbs', {
    config: tilde(place.home, place.config),
    rows: profiles
      .map(({ name, account, accountId, writes, useFor }) =>
        ['', `\`${name}\``, `${account} (${accountId})`, writes ? 'read-write' : 'read-only', useFor, '']
          .join(' | ')
          .trim(),
      )
      .join('\n'),
    defaultProfile: profiles[0].name,
    elevatedAgent,
    launcher,
  })
    .trimEnd()
    .split('\n')

type Render = (source: string, values: Readonly<Record<string, string>>) => string

const renderAgents = (render: Render, { profiles }: LaptopAws) => {
  const readProfiles = listNames(profiles.filter(({ writes }) => !writes))
  const writeProfiles = listNames(profiles.filter(({ writes }) => writes))
  return {
    readonly: render('templates/agent-readonly.json.hbs', {
      agent: readonlyAgent,
      elevatedAgent,
      readProfiles,
    }),
    elevated: render('templates/agent-elevated.json.hbs', {
      agent: elevatedAgent,
      readProfiles,
      writeProfiles,
    }),
  }
}

const renderLaunchers = (sources: LaptopSources, render: Render, aws: LaptopAws, place: LaptopPlace) => {
  const shell = renderScript(textOf(sources, 'launcher/kiro-aws.sh'), {
    config_file: place.config,
    credentials_file: place.credentials,
    default_profile: aws.profiles[0].name,
    sso_session: ssoSession,
    readonly_agent: readonlyAgent,
    elevated_agent: elevatedAgent,
  })
  const powershell = render('launcher/kiro-aws.ps1.hbs', { launcher: quoteForPowershell(place.launcher) })
  return { shell, powershell }
}

const textOf = (sources: LaptopSources, path: string): string => {
  const text = sources.get(path)
  if (text === undefined) throw new Error(`laptop/${path} is missing`)
  return text
}

/** Everything that laptop:setup writes and laptop:verify expects, from the same settings. */
export const renderLaptop = (sources: LaptopSources, aws: LaptopAws, place: LaptopPlace): LaptopFiles => {
  const render: Render = (source, values) => renderTemplate(source, textOf(sources, source), values)
  const agents = renderAgents(render, aws)
  // Rendered text that is no JSON any more would be found by kiro-cli, on somebody's laptop.
  for (const text of Object.values(agents)) JSON.parse(text)
  const launchers = renderLaunchers(sources, render, aws, place)
  const file = (path: string, mode: number, text: string): WholeFile => ({ path, mode, bytes: bytesOf(text) })
  return {
    whole: [
      file(place.config, 0o600, renderConfig(render, aws)),
      // Empty on purpose: whoever looks for keys looks here, and finds none.
      file(place.credentials, 0o600, ''),
      file(place.launcher, 0o700, launchers.shell),
      file(place.powershellLauncher, 0o600, launchers.powershell),
      file(place.readonlyAgent, 0o600, agents.readonly),
      file(place.elevatedAgent, 0o600, agents.elevated),
    ],
    steering: renderSteering(render, aws, place).map(bytesOf),
  }
}
