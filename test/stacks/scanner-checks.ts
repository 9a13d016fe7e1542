import { listOf } from '../../iam/document.ts'
import { type Check, each } from './scanner-check.ts'
import { identity } from './scanner-identity.ts'
import { network } from './scanner-network.ts'

const machine: readonly Check[] = [
  {
    ids: 'CKV_AWS_79 AWS-0028 EC2.8',
    requires: 'IMDSv2',
    breaks: each('aws_instance', ({ metadata_options }) => metadata_options?.http_tokens !== 'required'),
  },
  {
    ids: 'CKV_AWS_341',
    requires: 'one hop',
    breaks: each(
      'aws_instance',
      ({ metadata_options }) => metadata_options?.http_put_response_hop_limit !== 1,
    ),
  },
  {
    ids: 'CKV_AWS_8 AWS-0131 EC2.3',
    requires: 'encrypted disks',
    breaks: each('aws_instance', ({ root_block_device, ebs_block_device }) =>
      [root_block_device, ...(ebs_block_device ?? [])].some((disk) => disk?.encrypted !== true),
    ),
  },
  {
    ids: 'CKV_AWS_3 AWS-0026',
    requires: 'encrypted volumes',
    breaks: each('aws_ebs_volume', ({ encrypted }) => encrypted !== true),
  },
  {
    ids: 'CKV_AWS_88 EC2.9',
    requires: 'no public address',
    breaks: each('aws_instance', ({ associate_public_ip_address }) => associate_public_ip_address !== false),
  },
  {
    ids: 'CKV_AWS_130 AWS-0164 EC2.15',
    requires: 'no public address by subnet',
    breaks: each('aws_subnet', ({ map_public_ip_on_launch }) => map_public_ip_on_launch === true),
  },
  {
    ids: 'CKV2_AWS_41',
    requires: 'an instance profile',
    breaks: each('aws_instance', ({ iam_instance_profile }) => iam_instance_profile === undefined),
  },
  {
    ids: 'CKV_AWS_126',
    requires: 'detailed monitoring',
    breaks: each('aws_instance', ({ monitoring }) => !monitoring),
  },
  {
    ids: 'CKV_AWS_135',
    requires: 'EBS optimized',
    breaks: each('aws_instance', ({ ebs_optimized }) => !ebs_optimized),
  },
  {
    ids: 'CKV_AWS_46 AWS-0029 AWS-0129',
    requires: 'no secret in user data',
    breaks: each('aws_instance', ({ user_data, user_data_base64 }) =>
      /(AKIA|ASIA)[0-9A-Z]{16}|PRIVATE KEY|secret_access_key|password\s*=/i.test(
        `${user_data ?? ''}${Buffer.from(String(user_data_base64 ?? ''), 'base64')}`,
      ),
    ),
  },
  {
    ids: 'EC2.17',
    requires: 'one network interface',
    breaks: each('aws_instance', ({ network_interface }) => listOf(network_interface).length > 1),
  },
]

const logsAndSessions: readonly Check[] = [
  {
    ids: 'CKV_AWS_66 CKV_AWS_338',
    requires: 'logs kept for a year',
    breaks: each('aws_cloudwatch_log_group', ({ retention_in_days }) => !(retention_in_days >= 365)),
  },
  {
    ids: 'CKV_AWS_158 AWS-0017',
    requires: 'logs under a key of their own',
    breaks: each('aws_cloudwatch_log_group', ({ kms_key_id }) => kms_key_id === undefined),
  },
  {
    ids: 'CKV_AWS_112',
    requires: 'sessions under a key of their own',
    breaks: each('aws_ssm_document', ({ content }) => !JSON.parse(content).inputs?.kmsKeyId),
  },
  {
    ids: 'CKV_AWS_113',
    requires: 'sessions logged and encrypted',
    breaks: each('aws_ssm_document', ({ content }) => {
      const inputs = JSON.parse(content).inputs ?? {}
      return inputs.cloudWatchLogGroupName === undefined || inputs.cloudWatchEncryptionEnabled !== true
    }),
  },
  {
    ids: 'CKV_AWS_303 SSM.4',
    requires: 'documents not public',
    breaks: each('aws_ssm_document', ({ permissions }) => /all/i.test(JSON.stringify(permissions ?? {}))),
  },
  {
    ids: 'CKV2_AWS_34',
    requires: 'parameters secure',
    breaks: each('aws_ssm_parameter', ({ type }) => type !== 'SecureString'),
  },
]

export const checks: readonly Check[] = [...machine, ...network, ...logsAndSessions, ...identity]

/** Of the state bucket, which CloudFormation makes: the text that must stand in stacks/bootstrap.yaml. */
export const bucketChecks: readonly {
  readonly ids: string
  readonly requires: string
  readonly text: RegExp
}[] = [
  {
    ids: 'CKV_AWS_21 AWS-0090 S3.14',
    requires: 'versions',
    text: /VersioningConfiguration:\s+Status: Enabled/,
  },
  { ids: 'CKV_AWS_19 AWS-0088', requires: 'encryption', text: /SSEAlgorithm: (AES256|aws:kms)/ },
  { ids: 'CKV_AWS_145 AWS-0132 S3.17', requires: 'a key of its own', text: /SSEAlgorithm: aws:kms/ },
  {
    ids: 'CKV_AWS_53 CKV_AWS_54 CKV_AWS_55 CKV_AWS_56 CKV2_AWS_6 AWS-0086 AWS-0087 AWS-0091 AWS-0093 AWS-0094 S3.8',
    requires: 'public access blocked four times',
    text: /PublicAccessBlockConfiguration:(\s+(BlockPublicAcls|BlockPublicPolicy|IgnorePublicAcls|RestrictPublicBuckets): true){4}/,
  },
  { ids: 'S3.5', requires: 'TLS only', text: /Effect: Deny\s[\s\S]*aws:SecureTransport: "false"/ },
  { ids: 'CKV_AWS_18 AWS-0089 S3.9', requires: 'access logging', text: /LoggingConfiguration:/ },
  {
    ids: 'CKV2_AWS_61 S3.13',
    requires: 'a lifecycle',
    text: /LifecycleConfiguration:[\s\S]*NoncurrentDays: \d+/,
  },
  { ids: 'CKV_AWS_300', requires: 'broken uploads removed', text: /AbortIncompleteMultipartUpload:/ },
  { ids: 'CKV2_AWS_65 AWS-0092 S3.12', requires: 'no ACLs', text: /ObjectOwnership: BucketOwnerEnforced/ },
  { ids: 'CKV2_AWS_62 S3.11', requires: 'event notifications', text: /NotificationConfiguration:/ },
  { ids: 'CKV_AWS_144 S3.7', requires: 'replication', text: /ReplicationConfiguration:/ },
  { ids: 'CKV_AWS_143 S3.15', requires: 'object lock', text: /ObjectLockEnabled: true/ },
]
