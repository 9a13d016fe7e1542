import * as z from 'zod'
import { elevationMode } from './access.ts'
import { names } from './names.ts'
import type { Settings } from './settings.ts'
import { specVersion, stateSchema } from './spec.ts'
import { usageError } from './user-error.ts'

export const alertsSpecSchema = z.strictObject({
  version: z.literal(specVersion),
  accountId: z.string().regex(/^\d{12}$/),
  /** Where the sandboxes are; console sign-ins may be told there. */
  region: z.string(),
  state: stateSchema,
  emails: z.array(z.string()),
  logRetentionDays: z.int(),
  mode: elevationMode,
  /** Of Kiro on laptops: the names of its permission sets, which are those of its plain roles, too. */
  laptopRoles: z.array(z.string()).default([]),
  /** Permission sets that may become elevated roles or plain ones. */
  logins: z.array(z.string()).default([]),
  /** Where changes of permission sets are told; undefined: Identity Center is in another account. */
  identityCenterRegion: z.string().optional(),
  permissionSetArns: z.array(z.string()).default([]),
  routineRoles: z.array(z.string()).default([]),
})

/** What the alerts of one account are made from. */
export type AlertsSpec = z.infer<typeof alertsSpecSchema>

const distinct = (list: readonly (string | undefined)[]): string[] => [
  ...new Set(list.filter((one) => one !== undefined)),
]

/** As laptop:roles decides where permission sets are made. */
const identityCenterOf = ({ laptop, laptopRoles, region }: Settings, accountId: string) =>
  laptopRoles.kind === 'permissionSets' && (laptopRoles.identityCenterAccountId ?? accountId) === accountId
    ? { identityCenterRegion: laptop.ssoRegion ?? region }
    : {}

/** @throws UserError when the settings do not ask for alerts */
export const planAlertsSpec = (settings: Settings, accountId: string): AlertsSpec => {
  const { region, alerts, elevation, laptop, laptopRoles, access } = settings
  if (!alerts.enabled)
    throw usageError(
      'alerts are off in the settings',
      'put "alerts": { "enabled": true, "emails": ["you@example.com"] } into sandbox.config.json',
    )
  return {
    ...{ version: specVersion, accountId, region },
    state: { bucket: names.stateBucket(accountId, region), region },
    ...{ emails: alerts.emails, logRetentionDays: alerts.logRetentionDays, mode: elevation.mode },
    laptopRoles: distinct(Object.values(laptop.permissionSets)),
    logins: distinct([access.engineer.permissionSet, laptopRoles.loginPermissionSet]),
    ...identityCenterOf(settings, accountId),
    ...{ permissionSetArns: alerts.permissionSets, routineRoles: alerts.routineRoles },
  }
}
