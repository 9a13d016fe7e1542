import { type AlertsSpec, alertsSpecSchema, planAlertsSpec } from '../../config/alerts-spec.ts'
import { names } from '../../config/names.ts'
import type { Settings } from '../../config/settings.ts'
import type { SideStack } from './side-stack.ts'

export const openAlerts = async (settings: Settings, accountId: string): Promise<SideStack<AlertsSpec>> => {
  const { renderAlerts } = await import('../../stacks/synth-side.ts')
  return {
    stack: names.alerts.stack,
    title: 'alerts',
    plan: () => planAlertsSpec(settings, accountId),
    parse: (spec) => alertsSpecSchema.safeParse(spec).data,
    render: renderAlerts,
  }
}
