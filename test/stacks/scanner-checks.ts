import { listOf, parseDocument } from '../../iam/document.ts'
import { listStatements, type Named, type Resources } from './scanner-blocks.ts'

/**
 * What checkov (CKV), trivy (AWS-) and Security Hub (FSBP) ask of stacks like ours, as we read their sources; the
 * scanners themselves are not run here. A check names what breaks it.
 */
export interface Check {
  readonly ids: string
  readonly requires: string
  readonly breaks: (resources: Resources) => readonly string[]
}

const each = (type: string, fails: (block: Named['block']) => boolean) => (resources: Resources) =>
  resources(type)
    .filter(({ block }) => fails(block))
    .map(({ name }) => name)

const ingress = 'aws_vpc_security_group_ingress_rule'
const egress = 'aws_vpc_security_group_egress_rule'
const covers = ({ from_port, to_port, ip_protocol }: Named['block'], port: number): boolean =>
  ip_protocol === '-1' || (from_port <= port && port <= to_port)
const fromAnywhere = ({ cidr_ipv4, cidr_ipv6 }: Named['block']): boolean =>
  cidr_ipv4 === '0.0.0.0/0' || cidr_ipv6 === '::/0'
const openTo = (port: number) => each(ingress, (block) => fromAnywhere(block) && covers(block, port))

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

const network: readonly Check[] = [
  ...[22, 3389].map((port) => ({
    ids: port === 22 ? 'CKV_AWS_24 AWS-0107 EC2.13' : 'CKV_AWS_25 EC2.14',
    requires: `port ${port} not open to the world`,
    breaks: openTo(port),
  })),
  { ids: 'CKV_AWS_260', requires: 'port 80 not open to the world', breaks: openTo(80) },
  {
    ids: 'CKV_AWS_277',
    requires: 'not every port open to the world',
    breaks: each(ingress, (block) => fromAnywhere(block) && block.ip_protocol === '-1'),
  },
  {
    ids: 'CKV_AWS_382',
    requires: 'not every port out',
    breaks: each(egress, (block) => fromAnywhere(block) && block.ip_protocol === '-1'),
  },
  { ids: 'AWS-0104', requires: 'no rule out to the world', breaks: each(egress, fromAnywhere) },
  {
    ids: 'CKV_AWS_23 AWS-0099 AWS-0124',
    requires: 'groups and rules described',
    breaks: (resources) =>
      ['aws_security_group', ingress, egress].flatMap((type) =>
        each(type, ({ description }) => !/\w/.test(description ?? ''))(resources),
      ),
  },
  {
    ids: 'CKV2_AWS_5 EC2.22',
    requires: 'groups attached to something',
    breaks: (resources) => {
      const users = ['aws_instance', 'aws_vpc_endpoint', 'aws_ec2_instance_connect_endpoint'].flatMap(
        (type) => resources(type).map(({ block }) => JSON.stringify(block)),
      )
      const used = (name: string) => users.some((text) => text.includes(`${name}_`))
      return resources('aws_security_group')
        .map(({ name }) => name)
        .filter((name) => !used(name))
    },
  },
  {
    ids: 'CKV2_AWS_12 AWS-0173 EC2.2',
    requires: 'the default group closed',
    breaks: (resources) =>
      resources('aws_default_security_group').length === resources('aws_vpc').length
        ? each(
            'aws_default_security_group',
            (block) => block.ingress !== undefined || block.egress !== undefined,
          )(resources)
        : ['a VPC without aws_default_security_group'],
  },
  {
    ids: 'CKV2_AWS_11 AWS-0178 EC2.6',
    requires: 'flow logs',
    breaks: (resources) =>
      resources('aws_flow_log').length > 0 ? [] : resources('aws_vpc').map(({ name }) => name),
  },
  {
    ids: 'CKV_AWS_148 AWS-0101',
    requires: 'no default VPC',
    breaks: each('aws_default_vpc', () => true),
  },
  {
    ids: 'EC2.10',
    requires: 'an endpoint for EC2',
    breaks: (resources) =>
      resources('aws_vpc_endpoint').some(({ block }) => /\.ec2$/.test(block.service_name))
        ? []
        : resources('aws_vpc').map(({ name }) => name),
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

const allowed = (resources: Resources) =>
  listStatements(resources).filter(({ statement }) => statement.Effect === 'Allow')
const ofAllowed =
  (fails: (actions: readonly string[], onAll: boolean) => boolean) =>
  (resources: Resources): string[] =>
    allowed(resources)
      .filter(({ statement }) => {
        const actions = statement.NotAction === undefined ? listOf(statement.Action) : ['*']
        return fails(actions, listOf(statement.Resource).includes('*'))
      })
      .map(({ name }) => name)
const reads = /:(Describe|Get|List|Simulate)[A-Za-z*]*$/

const identity: readonly Check[] = [
  {
    ids: 'CKV_AWS_62 CKV_AWS_63 CKV_AWS_1 CKV_AWS_49 IAM.1',
    requires: 'no allowance of everything on everything',
    breaks: (resources) =>
      allowed(resources)
        .filter(({ statement }) => listOf(statement.Action).some((action) => /^\*(:\*)?$/.test(action)))
        .map(({ name }) => name),
  },
  {
    ids: 'IAM.21',
    requires: 'no allowance of a whole service',
    breaks: ofAllowed((actions) => actions.some((action) => /^[a-z0-9-]+:\*$/.test(action))),
  },
  {
    ids: 'CKV_AWS_286 CKV_AWS_287 CKV_AWS_288 CKV_AWS_289 CKV_AWS_290 CKV_AWS_355',
    requires: 'no write on everything',
    breaks: ofAllowed((actions, onAll) => onAll && actions.some((action) => !reads.test(action))),
  },
  {
    ids: 'KMS.1 KMS.2',
    requires: 'no decryption with every key',
    breaks: ofAllowed(
      (actions, onAll) => onAll && actions.some((action) => /^kms:(Decrypt|ReEncrypt)/.test(action)),
    ),
  },
  {
    ids: 'AWS-0342',
    requires: 'no PassRole',
    breaks: ofAllowed((actions) => actions.some((action) => /^iam:(PassRole|\*|P\*)/.test(action))),
  },
  {
    ids: 'CKV_AWS_274 CKV2_AWS_56',
    requires: 'no AdministratorAccess, no IAMFullAccess',
    breaks: each('aws_iam_role_policy_attachment', ({ policy_arn }) =>
      /AdministratorAccess|IAMFullAccess/.test(policy_arn),
    ),
  },
  {
    ids: 'CKV_AWS_60 CKV_AWS_61',
    requires: 'no trust in everybody',
    breaks: each('aws_iam_role', ({ assume_role_policy }) =>
      listOf(parseDocument(assume_role_policy, 'trust').Statement).some(
        ({ Principal, Condition }) =>
          JSON.stringify(Principal).includes('"*"') ||
          (JSON.stringify(Principal).includes(':root') && Condition === undefined),
      ),
    ),
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
