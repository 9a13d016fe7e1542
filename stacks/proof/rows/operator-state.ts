import { names } from '../../../config/names.ts'
import { allows, type Line, lacks } from '../row.ts'
import { arn, is } from './engineer-words.ts'

const stack = arn('cloudformation', `stack/${names.bootstrapStack}/0a1b`)
const state = 'arn:aws:s3:::{state}'
const log = `${state}-logs`
const byStack = { 'aws:CalledVia': ['cloudformation.amazonaws.com'] }
const key = arn('kms', 'key/0a1b')
const ours = { 'aws:ResourceTag/kiro:component': 'state' }
const throughS3 = { ...ours, 'kms:ViaService': 's3.{region}.amazonaws.com' }

const bucket: readonly Line[] = [
  allows('BootstrapStack', 'cloudformation:CreateChangeSet', stack),
  allows('BootstrapStack', 'cloudformation:ExecuteChangeSet', stack),
  allows('BootstrapStack', 'cloudformation:GetTemplate', stack),
  allows('BootstrapStack', 'cloudformation:DescribeStacks', stack),
  lacks('nothing', 'cloudformation:CreateChangeSet', arn('cloudformation', 'stack/payroll/0a1b')),
  allows('BootstrapStack', 'cloudformation:DeleteStack', stack, { says: 'buckets and key stay' }),
  lacks('nothing', 'cloudformation:CreateStack', stack, { says: 'unannounced' }),
  lacks('nothing', 'cloudformation:DeleteStack', arn('cloudformation', 'stack/payroll/0a1b')),
  allows('DriftOfStacks', 'cloudformation:DescribeStackDriftDetectionStatus'),
  allows('StateBucketByItsStack', 's3:CreateBucket', state, is('by CloudFormation', byStack)),
  allows('StateBucketByItsStack', 's3:PutBucketPolicy', state, is('by CloudFormation', byStack)),
  lacks('nothing', 's3:PutBucketPolicy', state, { says: 'by hand' }),
  lacks('nothing', 's3:PutBucketVersioning', state, { says: 'by hand' }),
  lacks('nothing', 's3:CreateBucket', 'arn:aws:s3:::kiro-proof-mine', is('by CloudFormation', byStack)),
  lacks('nothing', 's3:DeleteBucket', state),
  allows('LookAtStateBucket', 's3:GetBucketVersioning', state),
  allows('LookAtStateBucket', 's3:ListBucket', state),
  lacks('nothing', 's3:ListBucket', 'arn:aws:s3:::kiro-proof-payroll'),
  allows('States', 's3:PutObject', `${state}/sandbox-{user}/terraform.tfstate`),
  allows('States', 's3:DeleteObject', `${state}/sandbox-{user}/terraform.tfstate.tflock`),
  lacks('nothing', 's3:DeleteObjectVersion', `${state}/sandbox-{user}/terraform.tfstate`, {
    says: 'older states stay',
  }),
  lacks('nothing', 's3:GetObject', 'arn:aws:s3:::kiro-proof-payroll/x'),
  lacks('nothing', 's3:PutObject', 'arn:aws:s3:::kiro-sandbox-state-999999999999-{region}/x'),
  allows('StateBucketByItsStack', 's3:PutBucketLogging', state, is('by CloudFormation', byStack)),
  allows('StateBucketByItsStack', 's3:PutLifecycleConfiguration', log, is('by CloudFormation', byStack)),
  lacks('nothing', 's3:PutBucketLogging', state, { says: 'by hand' }),
  allows('LookAtStateBucket', 's3:ListBucket', log),
  lacks('nothing', 's3:DeleteObject', `${log}/state/2026-01-01`, { says: 'who read which state' }),
]

const keyLines: readonly Line[] = [
  allows('NewStateKey', 'kms:CreateKey', '*', {
    ...is('by CloudFormation, tagged', { ...byStack, 'aws:RequestTag/kiro:component': 'state' }),
  }),
  lacks('nothing', 'kms:CreateKey', '*', is('by hand', { 'aws:RequestTag/kiro:component': 'state' })),
  lacks('nothing', 'kms:CreateKey', '*', is('without the tag', byStack)),
  lacks('nothing', 'kms:TagResource', key, {
    ...is('tagging a key of others', { 'aws:RequestTag/kiro:component': 'state' }),
  }),
  allows('StateKeyByItsStack', 'kms:PutKeyPolicy', key, is('by CloudFormation', { ...byStack, ...ours })),
  lacks('nothing', 'kms:PutKeyPolicy', key, is('by hand', ours)),
  lacks('nothing', 'kms:ScheduleKeyDeletion', key, is('by hand', ours)),
  lacks('nothing', 'kms:PutKeyPolicy', key, is('a key of others', byStack)),
  lacks('nothing', 'kms:DisableKey', key, is('by hand', ours)),
  allows('KeepStateKey', 'kms:CancelKeyDeletion', key, is('the key of the state', ours)),
  allows('KeepStateKey', 'kms:DescribeKey', key, is('the key of the state', ours)),
  lacks('nothing', 'kms:DescribeKey', key, { says: 'a key of others' }),
  allows('StatesWithTheirKey', 'kms:Decrypt', key, is('through S3', throughS3)),
  allows('StatesWithTheirKey', 'kms:GenerateDataKey', key, is('through S3', throughS3)),
  lacks('nothing', 'kms:Decrypt', key, is('not through S3', ours)),
  lacks('nothing', 'kms:Decrypt', key, {
    ...is('a key of others, through S3', { 'kms:ViaService': 's3.{region}.amazonaws.com' }),
  }),
]

export const operatorState: readonly Line[] = [...bucket, ...keyLines]
