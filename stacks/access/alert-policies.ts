import type { AlertsSpec } from '../../config/alerts-spec.ts'
import { names } from '../../config/names.ts'
import { type PolicyDocument, policy } from './policy.ts'

type Scope = Pick<AlertsSpec, 'accountId' | 'region' | 'identityCenterRegion'>

/** Where events of IAM are, and so the topic. */
export const alertRegion = 'us-east-1'

const rules = ({ accountId }: Scope, region: string): string =>
  `arn:aws:events:${region}:${accountId}:rule/${names.alerts.rule('*')}`

/**
 * Rules of ours publish, and nobody else: not even the account's administrators by this policy. AWS once wrote that
 * EventBridge knows no conditions here, that is, names no rule: then it is let in, rather than that no mail goes out.
 * https://github.com/awsdocs/amazon-eventbridge-user-guide/blob/main/doc_source/eb-use-resource-based.md
 */
export const alertTopicPolicy = (scope: Scope, topicArn: string): PolicyDocument =>
  policy({
    Sid: 'OwnRulesOnly',
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: topicArn,
    Condition: { ArnLikeIfExists: { 'aws:SourceArn': rules(scope, alertRegion) } },
  })

/**
 * For topic and log. A condition on whose rule it is would be right here as well, and EventBridge does not deliver to
 * an encrypted topic when the key has one. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export const alertKeyPolicy = ({ accountId }: Scope): PolicyDocument =>
  policy(
    {
      Sid: 'Account',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
    {
      Sid: 'EncryptedTopic',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
    },
    {
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
      Sid: 'EncryptedLog',
      Effect: 'Allow',
      Principal: { Service: `logs.${alertRegion}.amazonaws.com` },
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Resource: '*',
      Condition: {
        ArnEquals: {
          'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${alertRegion}:${accountId}:log-group:${names.alerts.logGroup}`,
        },
      },
    },
  )

/**
 * EventBridge writes to log groups by a policy of the account, not by a role. AWS's own policy for it, as the console
 * makes it, names two services: rules of ours come with their ARN; what the delivery service brings along AWS does not
 * say, so it is held to the account only where it names one.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
 */
export const alertLogPolicy = (scope: Scope): PolicyDocument => {
  const writes = {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: `arn:aws:logs:${alertRegion}:${scope.accountId}:log-group:${names.alerts.logGroup}:*`,
  } as const
  return policy(
    {
      Sid: 'AlertLog',
      ...writes,
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnLike: { 'aws:SourceArn': rules(scope, alertRegion) } },
    },
    {
      Sid: 'AlertLogDelivery',
      ...writes,
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Condition: { StringEqualsIfExists: { 'aws:SourceAccount': scope.accountId } },
    },
  )
}

export const trustOfForwarder = (scope: Scope): PolicyDocument =>
  policy({
    Sid: 'OwnRegionalRules',
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'aws:SourceAccount': scope.accountId },
      ArnLike: {
        'aws:SourceArn': [...new Set([scope.region, scope.identityCenterRegion ?? scope.region])].map(
          (region) => rules(scope, region),
        ),
      },
    },
  })

export const forwarderPolicy = ({ accountId }: Scope): PolicyDocument =>
  policy({
    Sid: 'ForwardEvents',
    Effect: 'Allow',
    Action: 'events:PutEvents',
    Resource: `arn:aws:events:${alertRegion}:${accountId}:event-bus/default`,
  })
