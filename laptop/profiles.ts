import { names } from '../config/names.ts'
import type { Settings } from '../config/settings.ts'
import { usageError } from '../config/user-error.ts'

export interface LaptopProfile {
  readonly name: string
  readonly accountId: string
  readonly permissionSet: string
  readonly account: 'dev' | 'production'
  readonly writes: boolean
  readonly useFor: string
}

/** Everything Kiro is to know of AWS on a laptop; the first profile is its default. */
export interface LaptopAws {
  readonly startUrl: string
  readonly ssoRegion: string
  readonly region: string
  readonly profiles: readonly [LaptopProfile, ...LaptopProfile[]]
}

const { profiles } = names.laptop

const refuse = (what: string, example: object) =>
  usageError(
    `the settings do not say ${what}`,
    `put ${JSON.stringify(example).slice(1, -1)} into sandbox.config.json`,
  )

const planIdentityCenter = ({ laptop, login }: Settings) => {
  const startUrl = laptop.startUrl ?? login.startUrl
  const ssoRegion = laptop.startUrl === undefined ? login.region : laptop.ssoRegion
  if (startUrl === undefined || ssoRegion === undefined)
    throw refuse('where engineers log in to AWS', {
      laptop: { startUrl: 'https://<org>.awsapps.com/start', ssoRegion: '<region>' },
    })
  return { startUrl, ssoRegion }
}

const planProduction = ({ laptop }: Settings): readonly LaptopProfile[] => {
  const { prodAccountId, prodWrite, permissionSets } = laptop
  if (prodAccountId === undefined) return []
  const reads = {
    name: profiles.prodReadonly,
    accountId: prodAccountId,
    permissionSet: permissionSets.prodReadonly,
    account: 'production',
    writes: false,
    useFor: 'Investigating production.',
  } as const
  const writes = {
    ...reads,
    name: profiles.prodWrite,
    permissionSet: permissionSets.prodWrite,
    writes: true,
    useFor: 'The few changes in production that are allowed.',
  } as const
  return prodWrite ? [reads, writes] : [reads]
}

export const planLaptopAws = (settings: Settings): LaptopAws => {
  const { permissionSets } = settings.laptop
  const accountId = settings.laptop.devAccountId ?? settings.accountId
  const identityCenter = planIdentityCenter(settings)
  if (accountId === undefined)
    throw refuse('which account Kiro works in', { laptop: { devAccountId: '<12 digits>' } })
  const dev = { accountId, account: 'dev' } as const
  return {
    ...identityCenter,
    region: settings.laptop.region ?? settings.region,
    profiles: [
      {
        ...dev,
        name: profiles.readonly,
        permissionSet: permissionSets.readonly,
        writes: false,
        useFor: 'Default. Looking at things.',
      },
      {
        ...dev,
        name: profiles.devWrite,
        permissionSet: permissionSets.devWrite,
        writes: true,
        useFor: 'Changing things in dev.',
      },
      ...planProduction(settings),
    ],
  }
}
