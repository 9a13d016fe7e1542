import type { Engine } from '../engine/engine.ts'
import type { Books, InstanceChange, StateReason } from './books.ts'
import { decideEnding, hasRun } from './decide.ts'
import type { Instance } from './instance.ts'
import type { GuestPlace } from './place.ts'
import { type GuestHost, planContainer } from './plan-container.ts'
import { placeVolumes, releaseVolumes } from './volumes.ts'

/** What listens inside a guest: metadata, names, AWS endpoints. */
export interface Doors {
  close(): Promise<void>
}

export interface MachineTools {
  readonly engine: Engine
  readonly books: Books
  readonly place: GuestPlace
  readonly host: GuestHost
  readonly log: (line: string) => void
  /** Starting costs CPU; only so many machines do it at a time. */
  readonly bootSlot: <T>(work: () => Promise<T>) => Promise<T>
  /** Engine's name of the content of an AMI; undefined when there is none. */
  readonly imageOf: (instance: Instance) => Promise<string | undefined>
  /** Engine's name of Amazon Linux as it is before anybody has touched it. */
  readonly stockImage: () => Promise<string>
  /** Images whose capture is under way. */
  readonly capturing: Set<string>
  /** @param onContact the first time the guest asks for something: its network works */
  readonly openDoors: (pid: number, instance: () => Instance, onContact: () => void) => Promise<Doors>
  /** Those of its role, once nobody can ask for them any more. */
  readonly forgetCredentials: (instanceId: string) => void
  readonly now: () => number
}

/** What EC2 gives a machine to end by itself before it pulls the plug. */
const stopSeconds = 30
/** A start that fails so often in a row will not come true by itself. */
const bootTries = 3
/** A machine that ends by itself so soon after its start, so often in a row, is left alone. */
const quickMilliseconds = 10_000
const quickEnds = 3

const selfMade: StateReason = {
  code: 'Client.InstanceInitiatedShutdown',
  message: 'Client.InstanceInitiatedShutdown: Instance initiated shutdown',
}

/** One instance and its container. Everything that changes it goes through `enqueue`, one after the other. */
export class Machine {
  instance: Instance
  /** ISO 8601; when PID 1 of the present boot started. */
  bootedAt: string | undefined
  private doors: Doors | undefined
  private tail: Promise<void> = Promise.resolve()
  private pending = 0
  private startedAt = 0
  private quick = 0
  private failedBoots = 0
  private readonly tools: MachineTools

  constructor(tools: MachineTools, instance: Instance) {
    this.tools = tools
    this.instance = instance
  }

  get attached(): boolean {
    return this.doors !== undefined
  }

  /** Something is under way; what was observed meanwhile is worth nothing. */
  get busy(): boolean {
    return this.pending > 0
  }

  /** Runs after all earlier jobs of this machine; a failure is logged and ends only that job. */
  enqueue(what: string, job: () => Promise<void>): Promise<void> {
    this.pending += 1
    const done = this.tail.then(job).catch((error: unknown) => {
      this.tools.log(`${this.instance.instanceId}: ${what} failed: ${(error as Error).message}`)
    })
    this.tail = done.finally(() => {
      this.pending -= 1
    })
    return done
  }

  /** Who asks for this machine in the next moment must not hear what was true before. */
  private async tell(change: Omit<InstanceChange, 'instanceId'>): Promise<void> {
    const { instanceId } = this.instance
    const changed = await this.tools.books.changeInstance({ instanceId, ...change })
    if (changed && change.state !== undefined) this.instance = { ...this.instance, state: change.state }
  }

  /** From any state to running. A failure is tried again at the next look, a few times. */
  async boot(): Promise<void> {
    try {
      await this.bootOnce()
      this.failedBoots = 0
    } catch (error) {
      this.failedBoots += 1
      if (this.failedBoots < bootTries) throw error
      this.failedBoots = 0
      await this.giveUp(`it could not be started: ${(error as Error).message}`)
    }
  }

  /** A machine that has run has a disk that somebody may want: it is stopped. One that never did is gone. */
  private async giveUp(message: string): Promise<void> {
    const { instanceId } = this.instance
    const state = await this.tools.engine.inspect(instanceId).catch(() => 'unknown' as const)
    if (state !== 'unknown' && !hasRun(state)) return this.fail(message)
    this.tools.log(`${instanceId}: ${message}`)
    const reason = { code: 'Server.InternalError', message: `Server.InternalError: ${message}` }
    await this.tell({ state: 'stopped', reason })
  }

  private async bootOnce(): Promise<void> {
    const { engine, place, host, imageOf } = this.tools
    const { instanceId } = this.instance
    await this.tools.bootSlot(async () => {
      this.placeVolumes()
      if ((await engine.inspect(instanceId)) === undefined) {
        const image = await imageOf(this.instance)
        if (image === undefined) return this.fail('there is no content for its image on this local target')
        await engine.create(instanceId, planContainer(this.instance, image, host, place))
      }
      await engine.start(instanceId)
      this.startedAt = this.tools.now()
      // Before the doors open: the first contact through them says more, and must not be overwritten.
      await this.tell({ state: 'running', from: ['pending'], status: 'initializing' })
      await this.attach()
    })
  }

  /** Attached ones appear in the guest, detached ones vanish from it, while it runs. */
  placeVolumes(): void {
    placeVolumes(this.tools.place, this.instance)
  }

  /** Opens the doors of a container that runs. */
  async attach(): Promise<void> {
    await this.detach()
    const { instanceId } = this.instance
    const state = await this.tools.engine.inspect(instanceId)
    if (state === undefined || !state.running) return
    this.bootedAt = new Date(state.startedAt).toISOString()
    const onContact = () => {
      void this.tools.books.changeInstance({ instanceId, status: 'ok' }).catch((error: unknown) => {
        this.tools.log(`${instanceId}: ${(error as Error).message}`)
      })
    }
    this.doors = await this.tools.openDoors(state.pid, () => this.instance, onContact)
  }

  async detach(): Promise<void> {
    const doors = this.doors
    this.doors = undefined
    await doors?.close()
  }

  /** Only the container; the books are the caller's. */
  async halt(seconds = stopSeconds): Promise<void> {
    await this.tools.engine.stop(this.instance.instanceId, seconds)
    await this.detach()
    this.bootedAt = undefined
  }

  async stop(seconds?: number): Promise<void> {
    await this.halt(seconds)
    await this.tell({ state: 'stopped', from: ['stopping'] })
  }

  async reboot(): Promise<void> {
    await this.halt()
    await this.boot()
  }

  /** The container and what only it had; the books know best when the machine is gone. */
  async destroy(reason?: StateReason): Promise<void> {
    const { engine, place } = this.tools
    const { instanceId, volumes } = this.instance
    await engine.remove(instanceId)
    await this.detach()
    this.tools.forgetCredentials(instanceId)
    this.bootedAt = undefined
    // Before the books: they forget which volumes the machine had.
    const doomed = volumes.filter(({ deleteOnTermination }) => deleteOnTermination)
    releaseVolumes(
      place,
      instanceId,
      doomed.map(({ volumeId }) => volumeId),
    )
    await this.tell({ state: 'terminated', ...(reason === undefined ? {} : { reason }) })
  }

  private async fail(message: string): Promise<void> {
    this.tools.log(`${this.instance.instanceId}: ${message}`)
    await this.destroy({ code: 'Server.InternalError', message: `Server.InternalError: ${message}` })
  }

  /** Its container ended without us. @param parked we had stopped it, for the local target went away */
  async ended(parked: boolean): Promise<void> {
    const { engine } = this.tools
    const { instanceId, shutdownBehavior } = this.instance
    const state = await engine.inspect(instanceId)
    if (state === undefined || state.running) return
    // News of an end that somebody asked for may come after the job that brought it about.
    if (!parked && !['pending', 'running'].includes(this.instance.state)) return
    await this.detach()
    this.bootedAt = undefined
    const ending = decideEnding(state.exitCode, parked)
    if (ending === 'power-off') {
      if (shutdownBehavior === 'terminate') return this.destroy(selfMade)
      await this.tell({ state: 'stopped', from: ['running'], reason: selfMade })
      return
    }
    this.quick = this.tools.now() - this.startedAt < quickMilliseconds && !parked ? this.quick + 1 : 0
    if (this.quick >= quickEnds) {
      const message = `Server.InternalError: the machine ended ${this.quick} times soon after its start (exit code ${state.exitCode})`
      await this.tell({ state: 'stopped', reason: { code: 'Server.InternalError', message } })
      return
    }
    if (ending === 'crash')
      this.tools.log(`${instanceId}: ended with exit code ${state.exitCode}; starting it again`)
    await this.boot()
  }
}
