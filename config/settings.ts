import * as z from 'zod'
import { accessSettings, elevationMode } from './access.ts'
import { agentStartSettings } from './agent-start.ts'
import { alertSettings } from './alerts.ts'
import { imageSettings } from './image.ts'
import { instanceSettings } from './instance.ts'
import { identityCenter, laptopSettings } from './laptop.ts'
import { laptopRolesSettings } from './laptop-roles.ts'
import { baseSetting } from './local-base.ts'
import { networkSettings } from './network.ts'

/** Some of the days CloudWatch Logs knows. */
const retentions = [30, 60, 90, 180, 365, 400, 545, 731]

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
    .describe('auto: instances are real machines where an engine can run them; off: entries in the books'),
  engine: z
    .enum(['auto', 'podman', 'docker'])
    .default('auto')
    .describe('what runs those machines; auto: podman where it is installed, else a Docker that runs'),
  architecture: z
    .enum(['arm64', 'host'])
    .default('arm64')
    .describe(
      'of those machines; arm64 needs an arm64 host or emulation (binfmt), else they are what the host is',
    ),
  base: baseSetting,
  operator: z
    .enum(['all', 'policy'])
    .default('all')
    .describe(
      'who commands act as there: all may do everything; policy may do what access:policy --operator prints',
    ),
})

export const regionSchema = z
  .string()
  .regex(
    /^(?!cn-|us-gov-|us-iso|eu-isoe-)[a-z]{2}(-[a-z]+)+-\d$/,
    'a commercial AWS region such as us-west-2',
  )

/** Raised when a setting changes its name or its meaning; new ones with a default need no new version. */
export const settingsVersion = 1

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
    instance: instanceSettings.prefault({}),
    network: networkSettings.prefault({}),
    session: session.prefault({}),
    ssh: ssh.prefault({}),
    image: imageSettings.prefault({}),
    login: login
      .refine(
        ({ startUrl, region }) => (startUrl === undefined) === (region === undefined),
        'startUrl and region together, or neither',
      )
      .prefault({}),
    elevation: elevation.prefault({}),
    access: accessSettings.prefault({}),
    agentStart: agentStartSettings.prefault({}),
    alerts: alertSettings.prefault({}),
    laptop: laptopSettings.prefault({}),
    laptopRoles: laptopRolesSettings.prefault({}),
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
