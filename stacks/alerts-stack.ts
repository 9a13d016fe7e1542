import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js'
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js'
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy/index.js'
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js'
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js'
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js'
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js'
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js'
import { type App, TerraformOutput } from 'cdktf'
import type { AlertsSpec } from '../config/alerts-spec.ts'
import { names, tag } from '../config/names.ts'
import { alertKeyPolicy, alertLogPolicy, alertRegion, alertTopicPolicy } from './access/alert-policies.ts'
import { renderPolicy } from './access/policy.ts'
import type { Alert } from './alert.ts'
import { AlertForwarder } from './alert-forwarder.ts'
import { listAlerts, listFarRegions, ruleState } from './alert-patterns.ts'
import { BaseStack } from './base-stack.ts'

/**
 * Tells of what makes somebody stronger. Everything is in us-east-1, where the events of IAM are; what happens in the
 * region of the sandboxes is carried there.
 */
export class AlertsStack extends BaseStack {
  constructor(app: App, spec: AlertsSpec) {
    const tags = { [tag.sandbox]: 'shared', [tag.component]: names.alerts.stack }
    super(app, names.alerts.stack, { ...spec, region: alertRegion, tags })
    const key = this.key(spec)
    const topic = this.topic(spec, key)
    const log = this.log(spec, key)
    for (const alert of listAlerts(spec, key.keyId)) this.rule(alert, topic, log)
    if (listFarRegions(spec).length > 0) new AlertForwarder(this, 'forwarder', spec, tags)
    new TerraformOutput(this, 'topicArn', { value: topic.arn }).overrideLogicalId('topicArn')
    new TerraformOutput(this, 'spec', { value: JSON.stringify(spec) }).overrideLogicalId('spec')
  }

  private key(spec: AlertsSpec): KmsKey {
    const key = new KmsKey(this, 'key', {
      description: 'Alerts of Kiro sandboxes: topic and log',
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: renderPolicy(alertKeyPolicy(spec), 'inline'),
    })
    new KmsAlias(this, 'key-alias', { name: names.alerts.keyAlias, targetKeyId: key.id })
    return key
  }

  private topic(spec: AlertsSpec, key: KmsKey): SnsTopic {
    const topic = new SnsTopic(this, 'topic', { name: names.alerts.topic, kmsMasterKeyId: key.arn })
    new SnsTopicPolicy(this, 'topic-policy', {
      arn: topic.arn,
      policy: renderPolicy(alertTopicPolicy(spec, topic.arn), 'inline'),
    })
    spec.emails.forEach((endpoint, index) => {
      new SnsTopicSubscription(this, `mail-${index}`, { topicArn: topic.arn, protocol: 'email', endpoint })
    })
    return topic
  }

  private log(spec: AlertsSpec, key: KmsKey): CloudwatchLogGroup {
    const log = new CloudwatchLogGroup(this, 'log', {
      name: names.alerts.logGroup,
      retentionInDays: spec.logRetentionDays,
      kmsKeyId: key.arn,
    })
    new CloudwatchLogResourcePolicy(this, 'log-policy', {
      policyName: names.alerts.logPolicy,
      policyDocument: renderPolicy(alertLogPolicy(spec), 'inline'),
    })
    return log
  }

  private rule(alert: Alert, topic: SnsTopic, log: CloudwatchLogGroup): void {
    const rule = new CloudwatchEventRule(this, alert.name, {
      name: names.alerts.rule(alert.name),
      description: alert.says,
      eventPattern: JSON.stringify(alert.pattern),
      state: ruleState(alert),
    })
    new CloudwatchEventTarget(this, `${alert.name}-topic`, {
      rule: rule.name,
      targetId: 'topic',
      arn: topic.arn,
      inputTransformer: {
        inputPaths: {
          event: '$.detail.eventName',
          time: '$.detail.eventTime',
          who: '$.detail.userIdentity.arn',
          from: '$.detail.sourceIPAddress',
          id: '$.detail.eventID',
        },
        inputTemplate: `"${alert.says}: <event> by <who> from <from> at <time>, CloudTrail event <id>"`,
      },
    })
    new CloudwatchEventTarget(this, `${alert.name}-log`, { rule: rule.name, targetId: 'log', arn: log.arn })
  }
}
