import type { UserName } from './user-name.ts'

/** Every name, tag and parameter path of the product. Nothing else spells them. */
export const tag = {
  owner: 'kiro:owner',
  sandbox: 'kiro:sandbox',
  /** IAM has no regions; this says which one a role works for. */
  region: 'kiro:region',
  component: 'kiro:component',
  image: 'kiro:image',
} as const

export const names = {
  ec2Role: (user: UserName) => `kiro-ec2-${user}`,
  readonlyRole: (user: UserName) => `kiro-readonly-${user}`,
  elevatedRole: (user: UserName) => `kiro-elevated-${user}`,
  instanceProfile: (user: UserName) => `kiro-ec2-${user}`,
  elevatedBoundary: (user: UserName) => `kiro-elevated-boundary-${user}`,
  instance: (user: UserName) => `kiro-sandbox-${user}`,
  /** Stack name, state key and folder of one engineer's sandbox. */
  sandboxStack: (user: UserName) => `sandbox-${user}`,
  networkStack: 'network',
  bootstrapStack: 'kiro-sandbox-bootstrap',
  stateBucket: (accountId: string, region: string) => `kiro-sandbox-state-${accountId}-${region}`,
  stateKey: (stack: string) => `${stack}/terraform.tfstate`,
  /** What the last finished run left: digest, spec, facts. Lies beside the state. */
  recordKey: (stack: string) => `${stack}/applied.json`,
  sessionDocument: 'kiro-session-shell',
  sessionLogGroup: '/kiro-sandbox/sessions',
  imageAlias: (environment: string) => `/kiro-sandbox/${environment}/image/current`,
  /** Stock Amazon Linux 2023 for arm64, kept by AWS.
   * https://docs.aws.amazon.com/linux/al2023/ug/ec2.html#launch-via-aws-cli */
  stockImageParameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
} as const
