import { planAlertsSpec } from '../../config/alerts-spec.ts'
import { names } from '../../config/names.ts'
import type { Settings } from '../../config/settings.ts'
import { renderAlerts } from '../synth-side.ts'
import { type FilledIn, fillIn, type TerraformJson } from './references.ts'
import { readRoles, type StackRoles } from './roles.ts'

/** What the alert stack has that brings a policy of its own, by a part of its ARN. AWS gives keys their ids. */
const documents = {
  [`:${names.alerts.topic}`]: 'policy of the alert topic',
  [`:log-group:${names.alerts.logGroup}`]: 'policy of the alert log',
  ':key/alerts': 'policy of the alert key',
} as const

export const findAlertPolicy = (resource: string): string | undefined =>
  Object.entries(documents).find(([part]) => resource.includes(part))?.[1]

/** The forwarder's role, and the policies of topic, log and key, as Terraform is given them. */
export const readAlerts = (settings: Settings, own: FilledIn): StackRoles => {
  const spec = planAlertsSpec({ ...settings, alerts: { ...settings.alerts, enabled: true } }, own.accountId)
  const json = JSON.parse(renderAlerts(spec)) as TerraformJson
  const only = (type: string, attribute: string): string => {
    const [one] = Object.values(json.resource[type] ?? {})
    return fillIn(json, own, String(one?.[attribute]))
  }
  const { roles, policies } = readRoles(json, own)
  return {
    roles,
    policies: new Map([
      ...policies,
      ['policy of the alert topic', only('aws_sns_topic_policy', 'policy')],
      ['policy of the alert log', only('aws_cloudwatch_log_resource_policy', 'policy_document')],
      ['policy of the alert key', only('aws_kms_key', 'policy')],
    ]),
  }
}
