import { names } from '../config/names.ts'
import { alertRegion } from './access/alert-policies.ts'
import { type Alert, calls, type Pattern } from './alert.ts'

const ofRules = [{ prefix: names.alerts.rule('') }]

/** Of the rules themselves, in every region that has some. A call names its rule in either of two ways. */
export const watchRules: Alert = {
  name: 'rules',
  says: 'A rule of these alerts was changed',
  pattern: calls('events', {
    eventName: ['DeleteRule', 'DisableRule', 'PutRule', 'PutTargets', 'RemoveTargets'],
    requestParameters: { $or: [{ name: ofRules }, { rule: ofRules }] },
  }),
}

/** Without a trail EventBridge hears of no call at all.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
export const trail: Alert = {
  name: 'trail',
  says: 'A trail of CloudTrail, which these alerts hear of everything by, was changed',
  pattern: calls('cloudtrail', {
    eventName: ['DeleteTrail', 'PutEventSelectors', 'StopLogging', 'UpdateTrail'],
  }),
}

const services = ['kms', 'logs', 'sns'] as const

const topic = (accountId: string): readonly Pattern[] => {
  const arn = `arn:aws:sns:${alertRegion}:${accountId}:${names.alerts.topic}`
  return [
    {
      eventName: ['AddPermission', 'DeleteTopic', 'RemovePermission', 'SetTopicAttributes'],
      requestParameters: { topicArn: [arn] },
    },
    {
      eventName: ['SetSubscriptionAttributes', 'Unsubscribe'],
      requestParameters: { subscriptionArn: [{ prefix: `${arn}:` }] },
    },
  ]
}

const log: readonly Pattern[] = [
  {
    eventName: ['DeleteLogGroup', 'DeleteLogStream', 'DeleteRetentionPolicy', 'PutRetentionPolicy'],
    requestParameters: { logGroupName: [names.alerts.logGroup] },
  },
  {
    eventName: ['DeleteResourcePolicy', 'PutResourcePolicy'],
    requestParameters: { policyName: [names.alerts.logPolicy] },
  },
]

/** A call may name the key by its id or by its ARN, which ends with it. */
const key = (keyId: string): Pattern => ({
  eventName: ['DisableKey', 'PutKeyPolicy', 'ScheduleKeyDeletion'],
  requestParameters: { keyId: [{ suffix: keyId }] },
})

/** Topic, subscriptions, log and key. */
export const watch = (accountId: string, keyId?: string): Alert => ({
  name: 'watch',
  says: 'Topic, subscriptions, log or key of these alerts were changed',
  pattern: {
    source: services.map((service) => `aws.${service}`),
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: {
      eventSource: services.map((service) => `${service}.amazonaws.com`),
      $or: [...topic(accountId), ...log, ...(keyId === undefined ? [] : [key(keyId)])],
    },
  },
})
