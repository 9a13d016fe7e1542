import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import { pins } from '../../config/pins.ts'
import type { Story } from '../../config/story.ts'
import { exitCode, UserError } from '../../config/user-error.ts'
import { type Import, listStateAddresses, renderAsFound, renderImports } from '../adopt/imports.ts'
import { StateStore } from '../aws/state.ts'
import type { Io } from '../cli/io.ts'
import { explainInitFailure } from '../setup/cli-config.ts'
import type { Target } from '../target.ts'
import { runTerraform, type TerraformResult } from './child.ts'
import type { RunReport } from './events.ts'
import { explainFailure, lockedError } from './failure.ts'
import { InitFailed, initialise } from './initialise.ts'
import { type Labels, planLabels } from './labels.ts'
import { watchLock } from './lock-watch.ts'
import { tellEvents } from './progress.ts'
import { StackRun } from './run-record.ts'
import { type PlannedChange, showPlan } from './show-plan.ts'
import { type Workdir, writeWorkdir } from './workdir.ts'

export interface TerraformTools {
  readonly terraform: string
  readonly version: string
  /** Environment for Terraform: the target's, plus the CLI configuration that setup chose. */
  readonly environment: Readonly<Record<string, string>>
}

export interface StackInput {
  readonly stack: string
  readonly json: string
  readonly spec: unknown
}

export interface SessionOptions {
  readonly target: Target
  readonly paths: Paths
  readonly tools: TerraformTools
  readonly io: Io
  readonly story: Story
  /** What the person typed, for whoever finds the folder busy. */
  readonly command: string
  /** A state lock the person asked to break. */
  readonly unlock?: string
}

/** Read by Terraform beside cdk.tf.json. */
const adoptionFile = (folder: string): string => join(folder, 'adopt.tf.json')

const changing = ['-input=false', '-json', '-auto-approve'] as const

/** One run of our tool on one stack: owns the folder, knows the lock, turns failures into sentences. */
export class TerraformSession {
  readonly workdir: Workdir
  private readonly options: SessionOptions
  private readonly input: StackInput
  private readonly run: StackRun
  private readonly labels: Labels
  private readonly store: StateStore

  private constructor(options: SessionOptions, input: StackInput, run: StackRun, workdir: Workdir) {
    this.options = options
    this.input = input
    this.run = run
    this.workdir = workdir
    this.labels = planLabels(input.json)
    this.store = new StateStore(options.target)
  }

  /** Runs `work` with the stack's folder prepared and ours alone; lets it go whatever happens. */
  static async open<T>(
    options: SessionOptions,
    input: StackInput,
    work: (session: TerraformSession) => Promise<T>,
  ): Promise<T> {
    const folder = join(options.target.folder, input.stack)
    const run = await StackRun.begin(folder, options.command)
    try {
      const lockFile = await readFile(join(options.paths.root, 'stacks', 'terraform.lock.hcl'), 'utf8')
      const workdir = await writeWorkdir({ folder, json: input.json, spec: input.spec, lockFile })
      const session = new TerraformSession(options, input, run, workdir)
      // A run that died may have left its list, and what it names may be gone by now.
      await session.adopt([])
      await session.prepare()
      return await work(session)
    } finally {
      await rm(adoptionFile(folder), { force: true })
      await run.end()
    }
  }

  async apply(): Promise<RunReport> {
    return this.change(['apply', ...changing], 'made')
  }

  async destroy(): Promise<RunReport> {
    return this.change(['destroy', ...changing], 'removed')
  }

  /** Takes things the state does not know into it, as they are found, so that `destroy` removes them too. */
  async adoptAsFound(imports: readonly Import[]): Promise<void> {
    const addresses = imports.map(({ to }) => to)
    const file = join(this.workdir.folder, 'cdk.tf.json')
    await writeFile(file, renderAsFound(this.input.json, new Set(addresses)))
    await this.adopt(imports)
    await this.change(['apply', ...changing, ...addresses.map((address) => `-target=${address}`)], 'made')
    await this.adopt([])
    await writeFile(file, this.input.json)
  }

  /** What an apply would do, without doing it. */
  async plan(): Promise<RunReport> {
    const result = await this.terraform(['plan', '-input=false', '-json', '-lock=false'], () => {})
    if (result.exitCode !== 0) throw this.explain(result)
    return result.report
  }

  /** The same, down to single attributes. */
  async planInDetail(): Promise<PlannedChange[]> {
    const file = join(this.workdir.folder, 'detail.tfplan')
    try {
      const args = ['plan', '-input=false', '-json', '-lock=false', `-out=${file}`]
      const result = await this.terraform(args, () => {})
      if (result.exitCode !== 0) throw this.explain(result)
      const { tools } = this.options
      return await showPlan({ ...tools, cwd: this.workdir.folder, file })
    } finally {
      // It holds every value, and the next run makes its own.
      await rm(file, { force: true })
    }
  }

  /** Lets go of things without touching them. What the state does not know is passed over. */
  async forget(addresses: readonly string[]): Promise<void> {
    const known = listStateAddresses((await this.store.findState(this.input.stack)) ?? '{}')
    const there = addresses.filter((address) => known.has(address))
    if (there.length === 0) return
    const result = await this.terraform(['state', 'rm', ...there], () => {})
    if (result.exitCode !== 0) throw this.explain(result)
  }

  /** Gives Terraform the ids of things that exist but that its state may not know; an empty list forgets them. */
  async adopt(imports: readonly Import[]): Promise<void> {
    const file = adoptionFile(this.workdir.folder)
    if (imports.length === 0) await rm(file, { force: true })
    else await writeFile(file, renderImports(imports))
  }

  label(address: string): string {
    return this.labels.get(address) ?? address
  }

  private async prepare(): Promise<void> {
    const { io, tools, unlock } = this.options
    try {
      await initialise(this.workdir, tools, io.signal)
    } catch (error) {
      if (!(error instanceof InitFailed)) throw error
      const said = error.report.errors.map(({ summary, detail }) => `${summary}\n${detail}`).join('\n')
      throw (
        explainInitFailure(said, pins.awsProvider) ??
        this.explain({ report: error.report, exitCode: 1, signal: null, interrupted: false })
      )
    }
    const dead = this.run.takenOver?.lockId
    const lock =
      dead === undefined && unlock === undefined ? undefined : await this.store.findLock(this.input.stack)
    if (lock === undefined) return
    if (lock.id === unlock || lock.id === dead) await this.breakLock(lock.id, lock.id === dead)
    else if (unlock !== undefined) throw lockedError(this.input.stack, lock, Date.now(), this.options.command)
  }

  /** Only a lock that provably belongs to a dead run of ours, or that the person named. */
  private async breakLock(id: string, ours: boolean): Promise<void> {
    const whose = ours ? 'of an earlier run of ours that was killed' : 'as asked'
    await this.options.story.step(`Release the state lock ${whose}`, async () => {
      const result = await this.terraform(['force-unlock', '-force', id], () => {})
      if (result.exitCode !== 0) throw this.explain(result)
    })
  }

  private async change(args: readonly string[], verb: string): Promise<RunReport> {
    const result = await this.terraform(args, tellEvents(this.options.story, this.labels))
    if (result.interrupted)
      throw new UserError(`${this.input.stack}: interrupted; what was ${verb} so far stays as it is`, {
        exitCode: exitCode.interrupted,
        hint: `run the same command again; it continues`,
      })
    if (result.exitCode !== 0) throw this.explain(result)
    return result.report
  }

  private async terraform(
    args: readonly string[],
    onEvent: Parameters<typeof runTerraform>[0]['onEvent'],
  ): Promise<TerraformResult> {
    const { tools, io } = this.options
    const watch = args.includes('-auto-approve')
      ? watchLock(this.store, this.input.stack, (id) => this.run.lockSeen(id))
      : undefined
    try {
      const result = await runTerraform({
        terraform: tools.terraform,
        args,
        cwd: this.workdir.folder,
        environment: tools.environment,
        signal: io.signal,
        ...(onEvent === undefined ? {} : { onEvent }),
        onStart: (pid) => void this.run.terraformStarted(pid),
      })
      // A Terraform that was killed leaves its lock behind; the next run needs our note to know it for ours.
      if (result.signal !== null) this.run.keepNote()
      return result
    } finally {
      await watch?.stop()
    }
  }

  private explain({ report, exitCode, signal }: TerraformResult): UserError {
    return explainFailure({
      stack: this.input.stack,
      report,
      labels: this.labels,
      exitCode,
      signal,
      now: Date.now(),
      command: this.options.command,
    })
  }
}
