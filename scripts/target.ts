import { join } from 'node:path'
import type { Paths } from '../config/paths.ts'
import { stacksFolderName } from '../config/plan-specs.ts'
import type { Settings } from '../config/settings.ts'
import type { Story } from '../config/story.ts'
import { UserError, usageError } from '../config/user-error.ts'
import type { UserName } from '../config/user-name.ts'
import type { LocalTarget } from '../local/control/ensure.ts'
import type { Io } from './cli/io.ts'
import type { ImageGround } from './image/ground.ts'

/** What every SDK client is made with. */
export interface SdkConfig {
  readonly region: string
  readonly endpoint?: string
  readonly useFipsEndpoint?: boolean
  readonly useDualstackEndpoint?: boolean
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
}

/**
 * Where commands act: an endpoint, credentials and a folder for its stacks. Nothing above this file may ask
 * which target it is; `name` is for people.
 */
export interface Target {
  readonly name: 'local' | 'aws'
  readonly accountId: string
  readonly region: string
  readonly sdk: SdkConfig
  /** Environment of child processes: Terraform, the AWS CLI. */
  readonly environment: Readonly<Record<string, string>>
  /** One folder per stack lies in here. */
  readonly folder: string
  /** A command that finds no state bucket makes it, unasked. Where somebody pays for it, a person does. */
  readonly makesStateBucket: boolean
  /** An engineer's own login, with the rights of an engineer. The local target makes one up. */
  loginAs(user: UserName): Promise<SdkConfig>
  /** Sees to it that instances of this target are machines, as far as it can. */
  prepareMachines(story: Story): Promise<MachineNotice>
  /** The same without doing anything for it. */
  findMachines(): Promise<MachineNotice>
  /** What images of this target are made of. Machines must be switched on. */
  openImageGround(): Promise<ImageGround>
}

export interface MachineNotice {
  readonly real: boolean
  /** What a person should know about machines here: why there are none, or what they are made of. */
  readonly sentence: string | undefined
}

export interface TargetRequest {
  readonly settings: Settings
  readonly paths: Paths
  readonly io: Io
  readonly yes: boolean
}

/** The same account in another region. What Terraform keeps on this computer is of one region: not for that. */
export const inRegion = (target: Target, region: string): Target => ({
  ...target,
  region,
  sdk: { ...target.sdk, region },
  environment: { ...target.environment, AWS_REGION: region, AWS_DEFAULT_REGION: region },
})

/** --target beats the settings file. A copy, so that everything below sees one consistent choice. */
export const withTarget = (settings: Settings, wanted: string | undefined): Settings =>
  wanted === 'local' || wanted === 'aws' ? { ...settings, target: wanted } : settings

export const openTarget = async (request: TargetRequest): Promise<Target> =>
  request.settings.target === 'local' ? openLocal(request) : openAws(request)

/** The same without starting or installing anything; undefined: it does not run. */
export const findTarget = async (request: TargetRequest): Promise<Target | undefined> => {
  if (request.settings.target !== 'local') return openAws(request)
  const { findLocalTarget } = await import('../local/control/ensure.ts')
  const plane = await findLocalTarget(request.paths.local)
  return plane === undefined ? undefined : planLocalTarget(request, plane)
}

const withoutUnset = (drop: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !drop.includes(entry[0]),
    ),
  )

const openLocal = async (request: TargetRequest): Promise<Target> => {
  const { settings, paths, io, yes } = request
  const { ensureTools } = await import('./setup/ensure.ts')
  const { ensureControlPlane } = await import('../local/control/ensure.ts')
  const tools = await ensureTools(['moto'], { ...io, yes }, paths, process.env)
  const plane = await ensureControlPlane({
    paths,
    python: tools.python,
    idleMinutes: settings.local.idleMinutes,
    story: io.story,
    signal: io.signal,
  })
  return planLocalTarget(request, plane)
}

const planLocalTarget = async (request: TargetRequest, plane: LocalTarget): Promise<Target> => {
  const { settings, paths, io, yes } = request
  const { planLocalEnvironment } = await import('../local/control/environment.ts')
  const { set, unset } = planLocalEnvironment(plane, settings.region, process.env)
  const sdk: SdkConfig = {
    region: settings.region,
    endpoint: plane.endpoint,
    // Set in the environment for the real AWS, they make the SDK refuse an endpoint of its own.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    credentials: { accessKeyId: plane.accessKeyId, secretAccessKey: plane.secretAccessKey },
  }
  const acting = settings.local.operator === 'policy' ? await actAsOperator(sdk, settings) : sdk
  return {
    name: 'local',
    makesStateBucket: true,
    accountId: plane.accountId,
    region: settings.region,
    sdk: acting,
    environment: { ...withoutUnset(unset), ...set, ...planKeys(acting) },
    folder: join(paths.state, 'stacks', stacksFolderName(settings, plane.accountId)),
    async loginAs(user) {
      const { openLocalLogin } = await import('./local-login.ts')
      return openLocalLogin(sdk, settings, user)
    },
    async prepareMachines(story) {
      const { prepareLocalMachines } = await import('./local-machines.ts')
      return prepareLocalMachines({ settings, paths, io, yes }, story)
    },
    async findMachines() {
      const { findLocalMachines } = await import('./local-machines.ts')
      return findLocalMachines(paths)
    },
    async openImageGround() {
      const { openLocalGround } = await import('./image/local-ground.ts')
      return openLocalGround(paths, plane.endpoint)
    },
  }
}

/** The local target's first user may do everything; this one may do what the operator's policy says. */
const actAsOperator = async (sdk: SdkConfig, settings: Settings): Promise<SdkConfig> => {
  const { openLocalOperator } = await import('./local-operator.ts')
  return openLocalOperator(sdk, settings)
}

const planKeys = ({ credentials }: SdkConfig): Record<string, string> =>
  credentials === undefined
    ? {}
    : {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
      }

const openAws = async ({ settings, paths }: TargetRequest): Promise<Target> => {
  const { accountId, region } = settings
  if (accountId === undefined)
    throw usageError(
      'target aws needs accountId in the settings',
      'put "accountId": "<12 digits>" into sandbox.config.json',
    )
  const { findCallerAccount } = await import('./aws/identity.ts')
  const caller = await findCallerAccount({ region })
  if (caller !== accountId)
    throw new UserError(
      `the AWS credentials are for account ${caller}, the settings allow only ${accountId}`,
      {
        hint: 'log in to the right account, or change accountId in sandbox.config.json',
      },
    )
  return {
    name: 'aws',
    makesStateBucket: false,
    accountId,
    region,
    sdk: { region },
    environment: { ...withoutUnset([]), AWS_REGION: region, AWS_DEFAULT_REGION: region },
    folder: join(paths.state, 'stacks', stacksFolderName(settings, accountId)),
    // Whoever types is the engineer, by the login at hand; the trust of the role knows which one.
    loginAs: async () => ({ region }),
    prepareMachines: async () => ({ real: true, sentence: undefined }),
    findMachines: async () => ({ real: true, sentence: undefined }),
    async openImageGround() {
      const { openVendorGround } = await import('./image/vendor-ground.ts')
      return openVendorGround()
    },
  }
}
