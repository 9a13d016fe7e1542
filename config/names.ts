import type { UserName } from './user-name.ts'

/** Every name, tag and parameter path of the product. Nothing else spells them. */
export const tag = {
  owner: 'kiro:owner',
  sandbox: 'kiro:sandbox',
  /** IAM has no regions; this says which one a role works for. */
  region: 'kiro:region',
  component: 'kiro:component',
  image: 'kiro:image',
  /** Of an image and its snapshot: sha256 of recipe, lock and every file that lands, 64 hex digits. */
  imageDigest: 'kiro:image-digest',
  /** Of an image: `verified` once a fresh machine booted from it has passed every check; else `unverified`. */
  imageState: 'kiro:image-state',
  /** Of a private copy of a base image: which image it is a copy of. */
  baseOf: 'kiro:base-of',
  /** Of things that live only as long as a build: ISO time after which they are nobody's. */
  deadline: 'kiro:deadline',
  /** Of things that live only as long as a build: which build. */
  build: 'kiro:build',
  /** Of a machine that was taken over: the CloudFormation stack it came from. */
  adoptedFrom: 'kiro:adopted-from',
  /** Put on things by people: `true` lets a strict elevated role change them. */
  editable: 'kiro:editable',
  /** Of the elevated role while a window is open: when it ends, who opened it, and why. */
  elevatedUntil: 'kiro:elevated-until',
  elevatedBy: 'kiro:elevated-by',
  elevatedReason: 'kiro:elevated-reason',
  /** Of a session that was pushed, and of nothing else: roles never have it. */
  elevatedPushed: 'kiro:elevated-pushed',
} as const

export const names = {
  ec2Role: (user: UserName) => `kiro-ec2-${user}`,
  readonlyRole: (user: UserName) => `kiro-readonly-${user}`,
  elevatedRole: (user: UserName) => `kiro-elevated-${user}`,
  instanceProfile: (user: UserName) => `kiro-ec2-${user}`,
  elevatedBoundary: (user: UserName) => `kiro-elevated-boundary-${user}`,
  elevatedStrict: (user: UserName) => `kiro-elevated-strict-${user}`,
  sandboxPerimeter: (user: UserName) => `kiro-perimeter-${user}`,
  /** Inline policy of the elevated role that is the elevation window. */
  elevationWindow: 'kiro-elevation-window',
  instance: (user: UserName) => `kiro-sandbox-${user}`,
  /** Stack name, state key and folder of one engineer's sandbox. */
  sandboxStack: (user: UserName) => `sandbox-${user}`,
  /** Others, such as the network, are nobody's. */
  isSandboxStack: (stack: string) => stack.startsWith('sandbox-'),
  networkStack: 'network',
  bootstrapStack: 'kiro-sandbox-bootstrap',
  stateBucket: (accountId: string, region: string) => `kiro-sandbox-state-${accountId}-${region}`,
  /** Who has read and written the state bucket. */
  stateLogBucket: (accountId: string, region: string) => `kiro-sandbox-state-${accountId}-${region}-logs`,
  stateKey: (stack: string) => `${stack}/terraform.tfstate`,
  /** What the last finished run left: digest, spec, facts. Lies beside the state. */
  recordKey: (stack: string) => `${stack}/applied.json`,
  /** How far the takeover of a stack has come, and what undoes it. Lies beside the state. */
  adoptionKey: (stack: string) => `${stack}/adopt.json`,
  /** Session Manager documents; engineers may use these and no others, not even the account's default. */
  sessionDocuments: {
    shell: 'kiro-session-shell',
    login: 'kiro-session-login',
    agent: 'kiro-session-agent',
    command: 'kiro-session-command',
    forward: 'kiro-session-forward',
    forwardHost: 'kiro-session-forward-host',
    ssh: 'kiro-session-ssh',
  },
  /** Unix user of a sandbox in whose name sessions and agents run. */
  sandboxUser: 'kiro',
  /** In ~/.aws/config of a sandbox: the way to the elevated role. */
  elevatedProfile: 'kiro-elevated',
  /** What Kiro finds on an engineer's own computer. */
  laptop: {
    launcher: 'kiro-aws',
    ssoSession: 'kiro',
    readonlyAgent: 'aws-readonly',
    elevatedAgent: 'elevated',
    profiles: {
      readonly: 'kiro-readonly',
      devWrite: 'kiro-dev-write',
      prodReadonly: 'kiro-prod-readonly',
      prodWrite: 'kiro-prod-write',
    },
    /** As the roles of stacks/ are called; a team may call its own differently. */
    permissionSets: {
      readonly: 'KiroReadOnly',
      devWrite: 'KiroDevWrite',
      prodReadonly: 'KiroProdReadOnly',
      prodWrite: 'KiroProdWrite',
    },
    stack: 'laptop-roles',
    /** Permissions boundaries of the two roles that write. */
    boundaries: { devWrite: 'kiro-laptop-dev-boundary', prodWrite: 'kiro-laptop-prod-boundary' },
  },
  /** Managed policies of whoever runs the commands; IAM has no regions, so the end tells them apart. */
  operatorPolicy: (part: string, region: string) => `kiro-operator-${part}-${region}`,
  /** On the local target the role that has exactly these policies. */
  operatorRole: (region: string) => `kiro-operator-${region}`,
  sessionLogGroup: '/kiro-sandbox/sessions',
  /** Who watches over the rest; elevated roles may not touch what is called so. */
  alerts: {
    stack: 'alerts',
    topic: 'kiro-sandbox-alerts',
    keyAlias: 'alias/kiro-sandbox-alerts',
    /** EventBridge writes into no log group whose name begins otherwise. */
    logGroup: '/aws/events/kiro-sandbox-alerts',
    logPolicy: 'kiro-sandbox-alerts',
    rule: (alert: string) => `kiro-alert-${alert}`,
    /** Carries what happens in another region to where the topic is. */
    forwarder: 'kiro-alert-forwarder',
  },
  flowLogGroup: '/kiro-sandbox/flow-logs',
  /** IAM has no regions, the network whose flows are logged has one. */
  flowLogsRole: (region: string) => `kiro-flow-logs-${region}`,
  imageAlias: (environment: string) => `/kiro-sandbox/${environment}/image/current`,
  /** What `current` was before it moved the last time. */
  previousImageAlias: (environment: string) => `/kiro-sandbox/${environment}/image/previous`,
  /** Everything of ours in parameter store lies below. */
  parameterRoot: '/kiro-sandbox',
  /** In the state bucket: held while the aliases of an environment are moved. */
  aliasLockKey: (environment: string) => `aliases/${environment}.lock`,
  /** Of a golden image; the first twelve digits of its digest make it unique and readable. */
  image: (digest: string) => `kiro-sandbox-${digest.slice(0, 12)}`,
  /** Of a private copy of a base image. AMI names are unique, so two copies of one cannot be begun. */
  baseCopy: (imageId: string) => `kiro-sandbox-base-${imageId}`,
  /** In the state bucket: manifest.json, sbom.cdx.json and lock.json of one image. */
  imageRecordKey: (digest: string, file: string) => `images/${digest}/${file}`,
  /** In the state bucket: archives and payloads of builds, by their sha256. */
  artifactKey: (sha256: string) => `artifacts/${sha256}`,
  /** Lock of a build under way, beside what it will leave. */
  imageLockKey: (digest: string) => `images/${digest}/build.lock`,
  /** IAM has no regions, the network it is made with has one. */
  imageBuilderRole: (region: string) => `kiro-image-builder-${region}`,
  imageBuilderGroup: 'kiro-sandbox-image-builder',
  /** Stock Amazon Linux 2023 for arm64, kept by AWS.
   * https://docs.aws.amazon.com/linux/al2023/ug/ec2.html#launch-via-aws-cli */
  stockImageParameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
  /** The same with the kernel stream that a lock names. */
  kernelImageParameter: (kernel: string) =>
    `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-${kernel}-arm64`,
} as const
