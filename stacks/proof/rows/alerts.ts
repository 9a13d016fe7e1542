import { about, allows, type Circumstance, lacks, type Row } from '../row.ts'

const us = (service: string, rest: string) => `arn:aws:${service}:us-east-1:{account}:${rest}`
const topic = us('sns', 'kiro-sandbox-alerts')
const log = us('logs', 'log-group:/aws/events/kiro-sandbox-alerts:log-stream:s')
const key = us('kms', 'key/alerts')
const forwarder = 'arn:aws:iam::{account}:role/kiro-alert-forwarder'
const context = 'kms:EncryptionContext:aws:logs:arn'

const rule = (says: string, arn: string, account = '{account}'): Circumstance => ({
  says,
  keys: { 'aws:SourceArn': arn, 'aws:SourceAccount': account },
})
const ours = rule('a rule of ours', us('events', 'rule/kiro-alert-roles'))
const others = rule('a rule of others', us('events', 'rule/payroll'))
const foreign = rule(
  'a rule of another account',
  'arn:aws:events:us-east-1:999999999999:rule/kiro-alert-roles',
  '999999999999',
)
const regional = rule('a rule of ours', 'arn:aws:events:{region}:{account}:rule/kiro-alert-sign-in')

const eventBridge = about('EventBridge', 'alerts: rules of ours alone', [
  allows('OwnRulesOnly', 'sns:Publish', topic, ours),
  allows('OwnRulesOnly', 'sns:Publish', topic, { says: 'where EventBridge names no rule' }),
  allows('AlertLog', 'logs:PutLogEvents', log, ours),
  allows('EncryptedTopic', 'kms:GenerateDataKey', key, { says: 'no condition works here' }),
  allows('OwnRegionalRules', 'sts:AssumeRole', forwarder, regional),
  ...[others, foreign].flatMap((stranger) => [
    lacks('service', 'sns:Publish', topic, stranger),
    lacks('service', 'logs:PutLogEvents', log, stranger),
    lacks('service', 'sts:AssumeRole', forwarder, stranger),
  ]),
  lacks('service', 'sts:AssumeRole', forwarder, {
    ...rule(
      'in the name of another account',
      'arn:aws:events:{region}:{account}:rule/kiro-alert-sign-in',
      '999999999999',
    ),
  }),
  lacks('service', 'sns:Subscribe', topic, ours),
  lacks('service', 'kms:ScheduleKeyDeletion', key),
])

const delivery = about('log delivery', 'alerts: the service that may write for rules', [
  allows('AlertLogDelivery', 'logs:CreateLogStream', log),
  allows('AlertLogDelivery', 'logs:PutLogEvents', log, {
    says: 'for this account',
    keys: { 'aws:SourceAccount': '{account}' },
  }),
  lacks('service', 'logs:PutLogEvents', log, {
    says: 'for another account',
    keys: { 'aws:SourceAccount': '999999999999' },
  }),
  lacks('service', 'logs:DeleteLogStream', log),
  lacks('service', 'sns:Publish', topic),
])

const logs = about('CloudWatch Logs', 'alerts: the key of the log', [
  allows('EncryptedLog', 'kms:Encrypt', key, {
    says: 'for the log of alerts',
    keys: { [context]: us('logs', 'log-group:/aws/events/kiro-sandbox-alerts') },
  }),
  lacks('service', 'kms:Encrypt', key, {
    says: 'for another log',
    keys: { [context]: us('logs', 'log-group:/payroll') },
  }),
])

const carrier = about('alert forwarder', 'alerts: the forwarder', [
  allows('ForwardEvents', 'events:PutEvents', us('events', 'event-bus/default')),
  lacks('nothing', 'events:PutEvents', us('events', 'event-bus/payroll')),
  lacks('nothing', 'events:DisableRule', us('events', 'rule/kiro-alert-roles')),
  lacks('nothing', 'sns:Publish', us('sns', 'payroll')),
])

/** Who is watched does not put out the watch. */
const watched = [
  ...about('operator', 'alerts: out of reach', [
    lacks('nothing', 'events:DisableRule', us('events', 'rule/kiro-alert-roles')),
    lacks('nothing', 'logs:DeleteLogGroup', us('logs', 'log-group:/aws/events/payroll')),
    lacks('nothing', 'iam:PutRolePolicy', forwarder, { says: 'the forwarder' }),
  ]),
  ...(['instance', 'builder', 'engineer', 'team engineer', 'operator'] as const).flatMap((who) =>
    about(who, 'alerts: out of reach', [
      lacks('nothing', 'sns:Unsubscribe', topic, { says: 'the mail' }),
      lacks('nothing', 'sns:SetSubscriptionAttributes', topic, { says: 'the mail' }),
      lacks('nothing', 'sns:DeleteTopic', topic),
    ]),
  ),
  ...about('administrator', 'alerts: the key is for administrators', [
    allows('Everything', 'kms:DescribeKey', key, { says: 'by IAM, as the key lets them' }),
  ]),
  ...about('readonly', 'alerts: out of reach', [
    lacks('nothing', 'events:DisableRule', us('events', 'rule/kiro-alert-roles')),
    lacks('nothing', 'sns:Unsubscribe', topic, { says: 'the mail' }),
  ]),
]

export const alertRows: readonly Row[] = [...eventBridge, ...delivery, ...logs, ...carrier, ...watched]
