import { names, tag } from '../../../config/names.ts'
import type { Statement } from '../policy.ts'
import { arnsOf, type OperatorScope, stateBucketArn } from './scope.ts'

/** What CloudFormation does, it does with the rights of whoever called it. */
const byItsStack = { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'cloudformation.amazonaws.com' } }

const ofStateKey = { StringEquals: { [`aws:ResourceTag/${tag.component}`]: 'state' } }

/** Changes are announced by change sets; the template keeps buckets and key when the stack goes. */
const stackCalls = [
  'ContinueUpdateRollback',
  'CreateChangeSet',
  'DeleteChangeSet',
  'DeleteStack',
  'DescribeChangeSet',
  'DescribeStack*',
  'DetectStack*',
  'ExecuteChangeSet',
  'GetTemplate',
  'UpdateTerminationProtection',
].map((action) => `cloudformation:${action}`)

const bucketSettings = [
  's3:CreateBucket',
  's3:PutBucketLogging',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketTagging',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutLifecycleConfiguration',
] as const

/** The bucket and that of its access log; objects only of the first: the log tells who read which state. */
const buckets = (scope: OperatorScope): readonly Statement[] => {
  const both = [stateBucketArn(scope), `${stateBucketArn(scope)}-logs`]
  return [
    {
      // By hand nobody weakens the bucket that holds every state.
      Sid: 'StateBucketByItsStack',
      Effect: 'Allow',
      Action: bucketSettings,
      Resource: both,
      Condition: byItsStack,
    },
    {
      Sid: 'LookAtStateBucket',
      Effect: 'Allow',
      Action: [
        's3:GetBucket*',
        's3:GetEncryptionConfiguration',
        's3:GetLifecycleConfiguration',
        's3:ListBucket',
      ],
      Resource: both,
    },
    {
      Sid: 'States',
      Effect: 'Allow',
      Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      Resource: `${stateBucketArn(scope)}/*`,
    },
  ]
}

/** Only CloudFormation makes and changes the key; the operator looks, uses it through S3, and saves it from deletion. */
const key = (scope: OperatorScope): readonly Statement[] => {
  const [keys = ''] = arnsOf(scope, 'kms')('key/*')
  return [
    {
      Sid: 'NewStateKey',
      Effect: 'Allow',
      Action: ['kms:CreateKey', 'kms:TagResource'],
      Resource: '*',
      Condition: { ...byItsStack, StringEquals: { [`aws:RequestTag/${tag.component}`]: 'state' } },
    },
    {
      Sid: 'StateKeyByItsStack',
      Effect: 'Allow',
      Action: [
        'kms:EnableKeyRotation',
        'kms:PutKeyPolicy',
        'kms:ScheduleKeyDeletion',
        'kms:UntagResource',
        'kms:UpdateKeyDescription',
      ],
      Resource: keys,
      Condition: { ...byItsStack, ...ofStateKey },
    },
    {
      Sid: 'KeepStateKey',
      Effect: 'Allow',
      Action: [
        'kms:CancelKeyDeletion',
        'kms:DescribeKey',
        'kms:EnableKey',
        'kms:GetKeyPolicy',
        'kms:GetKeyRotationStatus',
        'kms:ListResourceTags',
      ],
      Resource: keys,
      Condition: ofStateKey,
    },
    {
      Sid: 'StatesWithTheirKey',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: keys,
      Condition: {
        StringEquals: {
          ...ofStateKey.StringEquals,
          'kms:ViaService': `s3.${scope.region}.amazonaws.com`,
        },
      },
    },
  ]
}

/** Where Terraform keeps its state: the stack that makes it, bucket, key. */
export const stateRights = (scope: OperatorScope): readonly Statement[] => [
  {
    Sid: 'BootstrapStack',
    Effect: 'Allow',
    Action: stackCalls,
    Resource: arnsOf(scope, 'cloudformation')(`stack/${names.bootstrapStack}/*`),
  },
  {
    // Knows no stack. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
    Sid: 'DriftOfStacks',
    Effect: 'Allow',
    Action: 'cloudformation:DescribeStackDriftDetectionStatus',
    Resource: '*',
  },
  ...buckets(scope),
  ...key(scope),
]
