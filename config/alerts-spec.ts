import { z } from 'zod'
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
})

/** What the alerts of one account are made from. */
export type AlertsSpec = z.infer<typeof alertsSpecSchema>

/** @throws UserError when the settings do not ask for alerts */
export const planAlertsSpec = (settings: Settings, accountId: string): AlertsSpec => {
  const { region, alerts, elevation } = settings
  if (!alerts.enabled)
    throw usageError(
      'alerts are off in the settings',
      'put "alerts": { "enabled": true, "emails": ["you@example.com"] } into sandbox.config.json',
    )
  return {
    ...{ version: specVersion, accountId, region },
    state: { bucket: names.stateBucket(accountId, region), region },
    ...{ emails: alerts.emails, logRetentionDays: alerts.logRetentionDays, mode: elevation.mode },
  }
}
