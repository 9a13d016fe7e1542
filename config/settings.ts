import { z } from 'zod'
import { accessSettings, elevationMode } from './access.ts'
import { agentStartSettings } from './agent-start.ts'
import { identityCenter, laptopSettings } from './laptop.ts'
import { usageError } from './user-error.ts'
import { printable } from './user-name.ts'
import { type Data, decideVersion, isData, type Migration, renderDiff } from './versions.ts'

const cidr = /^(?:\d{1,3}\.){3}\d{1,3}\/(?:1[6-9]|2[0-4])$/
const inCidrRange = (value: string) =>
  value
    .split(/[./]/)
    .slice(0, 4)
    .every((part) => Number(part) <= 255)

const isNetworkAddress = (value: string): boolean => {
  const [address = '', bits = ''] = value.split('/')
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return number % 2 ** (32 - Number(bits)) === 0
}

/** Services a private subnet reaches through interface endpoints. */
export const endpointServices = ['ssm', 'ssmmessages', 'ec2messages', 'sts', 'logs', 'kms'] as const

/** Some of the days CloudWatch Logs knows. */
const retentions = [30, 60, 90, 180, 365, 400, 545, 731]

const arm64Type = z
  .string()
  .regex(/^(a1|[a-z]+\d+g[a-z]*)\.[a-z0-9-]+$/, 'a Graviton (arm64) instance type such as t4g.medium')

const instance = z.strictObject({
  type: arm64Type
    .default('t4g.medium')
    .describe('EC2 instance type, arm64 (Graviton); Kiro needs 4 GiB of memory'),
  rootVolumeGiB: z.int().min(30).max(16384).default(30).describe('root volume (gp3, encrypted) in GiB'),
  hopLimit: z.int().min(1).max(2).default(1).describe('IMDSv2 hop limit; 2 lets containers reach the role'),
  detailedMonitoring: z.boolean().default(true).describe('CloudWatch metrics every minute'),
})

const network = z.strictObject({
  cidr: z
    .string()
    .regex(cidr, 'an IPv4 range between /16 and /24 such as 10.20.0.0/16')
    .refine(inCidrRange, 'an IPv4 range whose parts are 0 to 255')
    .refine(isNetworkAddress, 'an IPv4 range that starts at its network address, such as 10.20.0.0/16')
    .default('10.20.0.0/16')
    .describe('address range of the VPC'),
  subnets: z.int().min(1).max(3).default(2).describe('private subnets, each in its own availability zone'),
  endpoints: z
    .array(z.enum(endpointServices))
    .refine((list) => new Set(list).size === list.length, 'each endpoint once')
    .default(['ssm', 'ssmmessages', 'ec2messages', 'sts', 'logs'])
    .describe(
      'interface endpoints, billed by the hour on AWS; sessions need ssm, ssmmessages, ec2messages and logs',
    ),
  instanceConnectEndpoint: z
    .boolean()
    .default(true)
    .describe('EC2 Instance Connect Endpoint for ssh and VS Code (no charge)'),
})

const session = z.strictObject({
  idleMinutes: z
    .int()
    .min(1)
    .max(60)
    .default(20)
    .describe('Session Manager closes an idle session after this'),
  maxMinutes: z.int().min(1).max(1440).default(720).describe('Session Manager closes any session after this'),
  logRetentionDays: z
    .int()
    .refine((days) => retentions.includes(days), `one of ${retentions.join(', ')} days`)
    .default(365)
    .describe('retention of the session log group'),
})

const ssh = z.strictObject({
  tunnelSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(3600)
    .describe('an ssh connection through the Instance Connect Endpoint lasts so long; AWS allows an hour'),
})

const login = z.strictObject({
  startUrl: identityCenter.startUrl.describe(
    'where engineers log in to Kiro; without it with AWS Builder ID',
  ),
  region: identityCenter.region.describe('region of that IAM Identity Center; needed with startUrl'),
})

const elevation = z.strictObject({
  mode: elevationMode.describe(
    'window: a policy with an end, written to the elevated role; push: a session with an end, made by the engineer and handed to the sandbox, where nobody may write policies',
  ),
  maxMinutes: z
    .int()
    .min(1)
    .max(480)
    .default(60)
    .describe('longest elevation window that can be opened at once'),
})

const local = z.strictObject({
  idleMinutes: z
    .int()
    .min(1)
    .max(10_080)
    .default(240)
    .describe('the embedded control plane leaves after so long without a call'),
  machines: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe('auto: instances are real machines where podman can run them; off: entries in the books'),
  architecture: z
    .enum(['arm64', 'host'])
    .default('arm64')
    .describe(
      'of those machines; arm64 needs an arm64 host or emulation (binfmt), else they are what the host is',
    ),
})

const exactVersion = z.string().regex(/^\d+\.\d+\.\d+$/, 'an exact version such as 2.21.4')

const image = z.strictObject({
  use: z
    .enum(['golden', 'stock'])
    .default('golden')
    .describe(
      'golden: new sandboxes boot from the image of image:build; stock: from plain Amazon Linux 2023',
    ),
  swapMiB: z
    .int()
    .min(512)
    .max(65_536)
    .default(2048)
    .describe('swap file in MiB, on at boot; part of the root volume'),
  rootVolumeGiB: z
    .int()
    .min(20)
    .max(1024)
    .default(20)
    .describe('root volume of the image in GiB; a sandbox may have more, never less'),
  packages: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+._-]*$/, 'the name of a package'))
    .refine((list) => new Set(list).size === list.length, 'each package once')
    .default(['git', 'tmux', 'tree', 'unzip'])
    .describe('packages of Amazon Linux beside those of its image; image:lock pins them and what they need'),
  kernel: z
    .enum(['6.1', '6.12', '6.18'])
    .default('6.1')
    .describe('kernel stream of the base image; AWS moves its own default from time to time'),
  kiroCli: exactVersion
    .optional()
    .describe('version that image:lock pins; without it the newest at that moment'),
  awsCli: exactVersion
    .optional()
    .describe('version that image:lock pins; without it the one this release knows'),
  builderTypes: z
    .array(arm64Type)
    .min(1)
    .default(['t4g.medium', 't4g.large', 'm7g.medium', 'm6g.medium'])
    .describe('instance types for a build, the next one when AWS has no capacity'),
  deadlineMinutes: z
    .int()
    .min(10)
    .max(360)
    .default(60)
    .describe('a builder powers itself off and is gone after this, whatever became of whoever started it'),
  agentSeconds: z
    .int()
    .min(10)
    .max(1800)
    .default(300)
    .describe('how long a build waits for the SSM agent of its machines'),
})

export const regionSchema = z
  .string()
  .regex(
    /^(?!cn-|us-gov-|us-iso|eu-isoe-)[a-z]{2}(-[a-z]+)+-\d$/,
    'a commercial AWS region such as us-west-2',
  )

/** Raised when a setting changes its name or its meaning; new ones with a default need no new version. */
export const settingsVersion = 1

/** Files from before there were versions are of version 0; what they say means the same. */
const migrations: readonly Migration[] = [
  {
    to: 1,
    migrate: ({ $schema, ...rest }) => ({
      ...($schema === undefined ? {} : { $schema }),
      version: 1,
      ...rest,
    }),
  },
]

export const settingsSchema = z
  .strictObject({
    $schema: z.string().optional().describe('for editors'),
    version: z
      .literal(settingsVersion)
      .default(settingsVersion)
      .describe('of the form of this file; npm run settings:migrate raises it'),
    target: z
      .enum(['local', 'aws'])
      .default('local')
      .describe('where commands act when --target is not given'),
    region: regionSchema.default('us-west-2').describe('AWS region'),
    accountId: z
      .string()
      .regex(/^\d{12}$/, 'the 12 digits of an AWS account, as a string')
      .optional()
      .describe('the only AWS account that target aws may touch'),
    environment: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,19}$/, 'up to 20 of a-z, 0-9 and hyphens')
      .default('default')
      .describe('part of the image alias, e.g. staging'),
    instance: instance.prefault({}),
    network: network.prefault({}),
    session: session.prefault({}),
    ssh: ssh.prefault({}),
    image: image.prefault({}),
    login: login
      .refine(
        ({ startUrl, region }) => (startUrl === undefined) === (region === undefined),
        'startUrl and region together, or neither',
      )
      .prefault({}),
    elevation: elevation.prefault({}),
    access: accessSettings.prefault({}),
    agentStart: agentStartSettings.prefault({}),
    laptop: laptopSettings.prefault({}),
    local: local.prefault({}),
  })
  .refine(
    ({ elevation: { mode }, access: { engineer } }) =>
      mode === 'window' || engineer.permissionSet !== undefined,
    {
      path: ['elevation', 'mode'],
      message: 'which needs access.engineer.permissionSet: engineers become kiro-elevated by their own login',
    },
  )

export type Settings = z.infer<typeof settingsSchema>

export const defaultSettings = (): Settings => settingsSchema.parse({})

const at = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? 'the top level' : path.map(String).join('.')

const valueAt = (data: unknown, path: readonly PropertyKey[]): string => {
  const value = path.reduce<unknown>(
    (node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key],
    data,
  )
  return printable(JSON.stringify(value) ?? 'nothing')
}

const renderIssue = (issue: z.core.$ZodIssue, data: unknown): string => {
  if (issue.code === 'unrecognized_keys') {
    const inside = issue.path.length === 0 ? '' : `${at(issue.path)}.`
    return issue.keys.map((key) => `unknown setting ${inside}${printable(key)}`).join(', ')
  }
  const expected =
    issue.code === 'invalid_format' ? issue.message : issue.message.replace(/^Invalid (input|option): /, '')
  return `${at(issue.path)} is ${valueAt(data, issue.path)}, ${expected}`
}

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw usageError(
      `${file} is not valid JSON: ${(cause as Error).message}`,
      'JSON has no comments and no comma after the last item',
    )
  }
}

const isVersion = (version: unknown): boolean =>
  version === undefined || (Number.isInteger(version) && (version as number) >= 0)

/** In the form of this release, however old it is. What is no version at all is left to the schema. */
const modernise = (data: unknown, file: string): unknown => {
  if (!isData(data) || !isVersion(data.version)) return data
  const found = decideVersion(data, settingsVersion, 0, migrations)
  if (found.kind === 'newer')
    throw usageError(
      `${file} is of settings version ${found.version}; this release knows them up to ${settingsVersion}`,
      'use the release that wrote it, or a newer one: git pull && npm ci',
    )
  return found.data
}

/** Text of a settings file to settings. Every problem is named with file, path, value and expectation. */
export const parseSettings = (text: string, file: string): Settings => {
  const data = modernise(parseJson(text, file), file)
  const result = settingsSchema.safeParse(data)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => renderIssue(issue, data))
  throw usageError(
    `${file}: ${problems.join('; ')}`,
    'all settings with their meaning: config/settings.schema.json',
  )
}

export interface SettingsMigration {
  readonly from: number
  readonly to: number
  /** What changes, a line each. */
  readonly diff: readonly string[]
  readonly text: string
}

/** undefined: the file is of this release's form already. A file with mistakes is refused first. */
export const planSettingsMigration = (text: string, file: string): SettingsMigration | undefined => {
  parseSettings(text, file)
  const data = parseJson(text, file) as Data
  const found = decideVersion(data, settingsVersion, 0, migrations)
  if (found.kind !== 'older') return undefined
  return {
    ...{ from: found.version, to: settingsVersion, diff: renderDiff(data, found.data) },
    text: `${JSON.stringify(found.data, null, 2)}\n`,
  }
}

/** For editors; written to config/settings.schema.json, and a test fails when that file is stale. */
export const renderSettingsSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(settingsSchema, { io: 'input' }), null, 2)}\n`
