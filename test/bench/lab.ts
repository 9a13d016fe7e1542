import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type SandboxSpec, sandboxSpecSchema } from '../../config/spec.ts'
import { silentStory } from '../../config/story.ts'
import { parseUserName } from '../../config/user-name.ts'
import { ensureTools } from '../../scripts/setup/ensure.ts'
import type { Tools } from '../../scripts/setup/tool.ts'
import { openSession, readJson, root, type Session, stackFolder } from '../e2e/cli.ts'
import { type Program, time } from './timed.ts'

const launcher = join(root, 'scripts', 'launch.mjs')
const onDemand = join(root, 'scripts', 'cdktf', 'cdktf.mjs')

/** Milliseconds in which moto loads the other services behind its first answer, with all cores there are. */
export const warming = 12_000

/** Sandboxes from Amazon Linux itself: baking an image first is measured by itself. */
const stock = { image: { use: 'stock' } }

/** npm tells its child how it was started itself; a command measured below us must not read that. */
const withoutNpm = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/.test(name)))

/** A state folder of its own with a control plane, the ways to call it, and the programs we are measured against. */
export class Lab {
  readonly session: Session
  private readonly say: (line: string) => void
  private lastUser = 0
  private aws: Promise<Record<string, string>> | undefined

  private constructor(session: Session, say: (line: string) => void) {
    this.session = session
    this.say = say
  }

  static open(say: (line: string) => void, settings: object = stock): Lab {
    return new Lab(openSession(settings), say)
  }

  /** Bundle and found tools of another lab: the first start of a checkout is not what we measure. */
  inherit(from: Lab): this {
    for (const folder of ['bundle', 'tools'])
      cpSync(join(from.session.state, folder), join(this.session.state, folder), { recursive: true })
    return this
  }

  /** cdktf-cli as the checkout has it; fetching it is not part of the contest. */
  async borrowCdktf(): Promise<void> {
    const state = process.env.KIRO_SANDBOX_STATE ?? join(root, '.state')
    const env = { ...this.environment, KIRO_SANDBOX_STATE: state }
    await time({ command: process.execPath, args: [onDemand, '--version'], cwd: root, env })
    for (const name of readdirSync(join(state, 'tools')).filter((one) =>
      /^cdktf-cli-[^/]+-[0-9a-f]{8}$/.test(one),
    ))
      symlinkSync(join(state, 'tools', name), join(this.session.state, 'tools', name))
  }

  note(line: string): void {
    this.say(line)
  }

  /** A name that no sandbox has had yet, always of the same length. */
  newUser(role: string): string {
    this.lastUser += 1
    return `${role}${String(this.lastUser).padStart(3, '0')}`
  }

  get environment(): NodeJS.ProcessEnv {
    const { AWS_PROFILE: _profile, ...inherited } = withoutNpm(process.env)
    const base = process.env.KIRO_SANDBOX_BASE ?? join(root, '.state', 'base')
    return {
      ...inherited,
      KIRO_SANDBOX_STATE: this.session.state,
      KIRO_SANDBOX_CONFIG: this.session.settingsFile,
      KIRO_SANDBOX_BASE: base,
      // Figures of one kind of machine, whatever else was built here.
      KIRO_SANDBOX_BASE_IMAGE: 'stand-in',
      NO_COLOR: '1',
    }
  }

  /** One of our commands, straight through Node. */
  direct(name: string, ...args: string[]): Program {
    return { command: process.execPath, args: [launcher, name, ...args], cwd: root, env: this.environment }
  }

  /** The same as people type it. */
  npm(name: string, ...args: string[]): Program {
    const rest = args.length === 0 ? [] : ['--', ...args]
    return { command: 'npm', args: ['run', '-s', name, ...rest], cwd: root, env: this.environment }
  }

  /** What our own commands found on this machine, so that everybody is measured with the same programs. */
  tools(): Promise<Tools> {
    const { state } = this.session
    const paths = { root, state, ...{ bundle: join(state, 'bundle'), tools: join(state, 'tools') } }
    const io = { story: silentStory, interactive: false, yes: false, confirm: async () => false }
    const wanted = ['terraform', 'awsProvider', 'moto'] as const
    const folders = { local: join(state, 'local'), base: join(state, 'base') }
    return ensureTools(wanted, io, { ...paths, ...folders }, this.environment)
  }

  /** What a person has after `eval "$(npm run -s local:env)"`, and the provider where setup found it. */
  async targetEnvironment(): Promise<NodeJS.ProcessEnv> {
    this.aws ??= this.session.awsEnvironment()
    return {
      ...this.environment,
      ...(await this.aws),
      CHECKPOINT_DISABLE: '1',
      TF_IN_AUTOMATION: '1',
      TF_CLI_CONFIG_FILE: (await this.tools()).terraformConfig,
    }
  }

  get cdktfOutput(): string {
    return join(this.session.state, 'cdktf.out')
  }

  async terraform(folder: string, ...args: string[]): Promise<number> {
    const env = await this.targetEnvironment()
    const { terraform } = await this.tools()
    return (await time({ command: terraform, args, cwd: folder, env })).seconds
  }

  async cdktf(...args: string[]): Promise<number> {
    const env = await this.targetEnvironment()
    return (await time({ command: process.execPath, args: [onDemand, ...args], cwd: root, env })).seconds
  }

  specOf(user: string): SandboxSpec {
    return sandboxSpecSchema.parse(readJson(join(stackFolder(this.session, `sandbox-${user}`), 'spec.json')))
  }

  /** The sandbox of somebody else as a command of ours would have planned it: cdktf finds it by its spec. */
  plantSpec(user: string, like: SandboxSpec): void {
    const folder = stackFolder(this.session, `sandbox-${user}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'spec.json'), JSON.stringify({ ...like, user: parseUserName(user) }))
    // Without a lock file cdktf asks the registry for one, whatever mirror there is.
    const output = join(this.cdktfOutput, 'stacks', `sandbox-${user}`)
    mkdirSync(output, { recursive: true })
    cpSync(join(root, 'stacks', 'terraform.lock.hcl'), join(output, '.terraform.lock.hcl'))
  }

  close(): Promise<void> {
    return this.session.close()
  }
}
