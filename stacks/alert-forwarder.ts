import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js'
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js'
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import { Construct } from 'constructs'
import type { AlertsSpec } from '../config/alerts-spec.ts'
import { names, tag } from '../config/names.ts'
import { alertRegion, forwarderPolicy, trustOfForwarder } from './access/alert-policies.ts'
import { renderPolicy } from './access/policy.ts'
import type { Alert } from './alert.ts'
import { listFarRegions, listRegionalAlerts, ruleState } from './alert-patterns.ts'

/** A rule reaches targets of its own region only, and the event bus of another one. */
export class AlertForwarder extends Construct {
  constructor(scope: Construct, id: string, spec: AlertsSpec, tags: Readonly<Record<string, string>>) {
    super(scope, id)
    const providerOf = (alias: string, region: string) =>
      new AwsProvider(this, alias, {
        ...{ alias, region, allowedAccountIds: [spec.accountId] },
        defaultTags: [{ tags: { ...tags, [tag.region]: region } }],
      })
    const home = providerOf('home', spec.region)
    // IAM has no regions; by this provider the role says whose alerts it carries.
    const role = new IamRole(this, 'role', {
      provider: home,
      name: names.alerts.forwarder,
      description: 'Carries alerts of Kiro sandboxes to where their topic is',
      assumeRolePolicy: renderPolicy(trustOfForwarder(spec), 'trust'),
      maxSessionDuration: 3600,
    })
    new IamRolePolicy(this, 'policy', {
      provider: home,
      name: 'kiro-alerts',
      role: role.name,
      policy: renderPolicy(forwarderPolicy(spec), 'inline'),
    })
    for (const region of listFarRegions(spec)) {
      const provider = region === spec.region ? home : providerOf('identity-center', region)
      const end = region === spec.region ? '' : '-identity-center'
      for (const alert of listRegionalAlerts(spec, region)) this.carry(alert, end, { provider, role, spec })
    }
  }

  private carry(
    alert: Alert,
    end: string,
    { provider, role, spec }: { provider: AwsProvider; role: IamRole; spec: AlertsSpec },
  ): void {
    const rule = new CloudwatchEventRule(this, `${alert.name}${end}`, {
      provider,
      name: names.alerts.rule(alert.name),
      description: alert.says,
      eventPattern: JSON.stringify(alert.pattern),
      state: ruleState(alert),
    })
    new CloudwatchEventTarget(this, `${alert.name}${end}-bus`, {
      provider,
      rule: rule.name,
      targetId: 'bus',
      arn: `arn:aws:events:${alertRegion}:${spec.accountId}:event-bus/default`,
      roleArn: role.arn,
    })
  }
}
