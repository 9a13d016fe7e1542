export interface Waiver {
  /** As the check has them. */
  readonly ids: string
  readonly resources: readonly string[]
  readonly reason: string
}

const documents = ['agent', 'command', 'forward', 'forwardHost', 'login', 'shell', 'ssh'].map(
  (kind) => `aws_ssm_document.session-${kind}`,
)
const bucket = ['StateBucket']

/** What scanners will say about the stacks all the same, and why it stays. */
export const scannerWaivers: readonly Waiver[] = [
  {
    ids: 'AWS-0104',
    resources: ['doors_builder-https-out', 'doors_https-out'].map(
      (name) => `aws_vpc_security_group_egress_rule.${name}`,
    ),
    reason:
      'Kiro and package repositories have no fixed addresses and security groups know no names; HTTPS only, and egress balanced adds a DNS firewall',
  },
  {
    ids: 'CKV2_AWS_5 EC2.22',
    resources: ['doors_image-builder', 'doors_instances'].map((name) => `aws_security_group.${name}`),
    reason:
      'sandboxes are stacks of their own and builders are launched by image:build; both name the group by its id',
  },
  {
    ids: 'CKV2_AWS_11 AWS-0178 EC2.6',
    resources: ['aws_vpc.vpc'],
    reason: 'network.flowLogs makes them: they are billed by volume, so they are no default',
  },
  {
    ids: 'EC2.10',
    resources: ['aws_vpc.vpc'],
    reason: 'a sandbox needs the EC2 API as little as any other; it goes the way of all other AWS calls',
  },
  {
    ids: 'CKV_AWS_158 AWS-0017',
    resources: ['aws_cloudwatch_log_group.session-log'],
    reason:
      'encrypted by CloudWatch as it is; a key of our own costs a dollar a month and is one more thing to lose logs by',
  },
  {
    ids: 'CKV_AWS_112',
    resources: documents,
    reason: 'sessions are under TLS already; the second layer needs a key that every engineer may use',
  },
  {
    ids: 'CKV_AWS_113',
    resources: documents,
    reason:
      'ports and ssh cannot be logged by Session Manager, a login must not be (its screen holds a device code), and shells go into a group without a key of its own',
  },
  {
    ids: 'CKV_AWS_286 CKV_AWS_287 CKV_AWS_288 CKV_AWS_289 CKV_AWS_290 CKV_AWS_355',
    resources: [
      ...['Ceiling', 'IamRead'].map((sid) => `aws_iam_policy.roles_boundary ${sid}`),
      'aws_iam_role_policy.image-builder_policy RunCommandAgent',
      'aws_iam_role_policy.instance-role_policy SessionManagerAgent',
    ],
    reason:
      "a boundary is broad by nature and allows nothing by itself; the agent's channel has actions that know no resources",
  },
  {
    ids: 'CKV2_AWS_62 S3.11',
    resources: bucket,
    reason: 'nobody waits for events of this bucket; whoever applies holds a lock and writes a record',
  },
  {
    ids: 'CKV_AWS_144 S3.7',
    resources: bucket,
    reason:
      'a sandbox lives in one region; without that region its state is of no use, and versions guard against mistakes',
  },
  {
    ids: 'CKV_AWS_143 S3.15',
    resources: bucket,
    reason: 'Terraform overwrites the state and deletes its lock file; an object lock would stop both',
  },
]
