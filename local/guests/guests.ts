import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { isEmulated } from '../base/architecture.ts'
import type { Attached, AttachOptions } from '../engine/attach.ts'
import type { Engine } from '../engine/engine.ts'
import type { EngineFlags } from '../engine/flags.ts'
import { type Opened, openEngine } from '../engine/open.ts'
import type { Books } from './books.ts'
import { Fleet } from './fleet.ts'
import type { MachineTools } from './machine.ts'
import { type GuestPlace, planGuestPlace } from './place.ts'
import { imageNameOf, parseLimits } from './plan-container.ts'
import { createLimit } from './queue.ts'
import type { Ran, RunOptions } from './shell.ts'
import {
  decideKnownFlags,
  decideSameEngine,
  type GuestRequest,
  readSwitched,
  writeSwitched,
} from './switched.ts'

export type GuestState =
  | { readonly kind: 'off'; readonly reason: string }
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'on'
      readonly engine: string
      readonly flags: EngineFlags
      readonly request: GuestRequest
    }

/** What opens the doors of guests, and what all of them share for it. */
export interface DoorMaker {
  readonly open: MachineTools['openDoors']
  dial(pid: number, port: number, host?: string): Promise<Socket>
  readonly forget: MachineTools['forgetCredentials']
  close(): void
}

export interface GuestsOptions {
  /** `<state>/local` */
  readonly local: string
  readonly books: Books
  readonly log: (line: string) => void
  readonly now: () => number
  /** Made once when guests are switched on. */
  readonly prepareDoors: (place: GuestPlace, request: GuestRequest) => Promise<DoorMaker>
  /** After the first look: all machines are known. */
  readonly onComplete: () => void
}

interface Running {
  readonly fleet: Fleet
  readonly engine: Engine
  readonly opened: Opened
  readonly doors: DoorMaker
  readonly end: AbortController
}

/** Booting is CPU work, most of it systemd's; more at once only makes all of them slow. */
const bootsAtOnce = 4
const lookEvery = 5000

const reasonOfNoRequest = 'no command has switched them on yet (npm run local:up does)'

/** The machines of the local target: off until a command brings an engine and a base image. */
export class Guests {
  readonly place: GuestPlace
  private state: GuestState = { kind: 'off', reason: reasonOfNoRequest }
  private running: Running | undefined
  private switching: Promise<void> = Promise.resolve()
  private readonly options: GuestsOptions

  constructor(options: GuestsOptions) {
    this.options = options
    this.place = planGuestPlace(options.local)
  }

  get on(): boolean {
    return this.state.kind === 'on'
  }

  status(): GuestState {
    return this.state
  }

  get fleet(): Fleet | undefined {
    return this.running?.fleet
  }

  get engine(): Engine | undefined {
    return this.running?.engine
  }

  /** Runs a program in one of them. */
  run(instanceId: string, argv: readonly string[], options?: RunOptions): Promise<Ran> {
    return this.running === undefined
      ? Promise.reject(new Error('there are no machines'))
      : this.running.engine.run(instanceId, argv, options)
  }

  /** Starts a program in one of them, to talk with. */
  attach(instanceId: string, argv: readonly string[], options: AttachOptions): Promise<Attached> {
    return this.running === undefined
      ? Promise.reject(new Error('there are no machines'))
      : this.running.engine.attach(instanceId, argv, options)
  }

  /** A connection to a port of one of them, or of an address it reaches, made from within. Rejects as connect does, with a `code`. */
  async dial(instanceId: string, port: number, host?: string): Promise<Socket> {
    const state = await this.running?.engine.inspect(instanceId)
    if (this.running === undefined || !state?.running) throw new Error(`${instanceId} does not run`)
    return this.running.doors.dial(state.pid, port, host)
  }

  /** Resolves when they are on or off, and not in between. */
  settled(): Promise<void> {
    return this.switching
  }

  /** As the last time, when there was one. */
  resume(): void {
    const before = readSwitched(this.place.switched)
    if (before !== undefined) void this.turnOn(before.request)
  }

  /** Never rejects: without machines the target still keeps the books. */
  turnOn(request: GuestRequest): Promise<GuestState> {
    const turning = this.switching.then(async () => {
      if (this.state.kind === 'on') return
      this.state = { kind: 'starting' }
      try {
        this.state = await this.start(request)
      } catch (error) {
        this.options.log(`guests stay off: ${(error as Error).stack}`)
        this.state = { kind: 'off', reason: (error as Error).message }
      }
    })
    this.switching = turning
    return turning.then(() => this.state)
  }

  private async start(request: GuestRequest): Promise<GuestState> {
    const { log } = this.options
    for (const folder of [this.place.folder, this.place.shared, this.place.volumes])
      mkdirSync(folder, { recursive: true, mode: folder === this.place.shared ? 0o755 : 0o700 })
    const { base, runtimes } = request
    const before = readSwitched(this.place.switched)
    const other = decideSameEngine(before, request)
    if (other !== undefined) return { kind: 'off', reason: other }
    const host = {
      limits: parseLimits(readFileSync('/proc/self/limits', 'utf8')),
      emulated: isEmulated(base.architecture, process.arch),
    }
    const opened = await openEngine(request.engine, {
      ...{ local: this.options.local, base, host, runtimes, log },
      known: decideKnownFlags(before, request),
      onLost: () => this.fleet?.engineLost(),
      onRestart: () => void this.engineReturned(),
    })
    if ('reason' in opened) return { kind: 'off', reason: opened.reason }
    const { engine, flags, title } = opened
    const doors = await this.options.prepareDoors(this.place, request)
    const fleet = new Fleet(this.planTools(engine, request, host, doors))
    this.running = { fleet, engine, opened, doors, end: new AbortController() }
    writeSwitched(this.place.switched, { request, flags })
    await this.look()
    this.options.onComplete()
    this.watch()
    this.lookNowAndThen()
    return { kind: 'on', engine: title, flags, request }
  }

  private planTools(
    engine: Engine,
    { base }: GuestRequest,
    host: MachineTools['host'],
    doors: DoorMaker,
  ): MachineTools {
    const { books, log, now } = this.options
    return {
      engine,
      books,
      place: this.place,
      host,
      log,
      now,
      openDoors: doors.open,
      forgetCredentials: doors.forget,
      bootSlot: createLimit(bootsAtOnce),
      capturing: new Set(),
      stockImage: async () => base.image,
      imageOf: async ({ image, accountId }) => {
        const own = imageNameOf(image.imageId)
        if ((await engine.listImages()).some(({ names }) => names.includes(own))) return own
        // Of the images of others the books let through Amazon Linux 2023 alone.
        return image.ownerId === accountId ? undefined : base.image
      },
    }
  }

  private async engineReturned(): Promise<void> {
    await this.fleet?.engineReturned().catch((error: unknown) => {
      this.options.log(`the engine after its return: ${(error as Error).message}`)
    })
    this.watch()
  }

  /** Events of an engine that died are lost, so everything is looked at once they flow again. */
  private watch(): void {
    const { running } = this
    if (running === undefined || running.end.signal.aborted) return
    const look = () => void this.look()
    running.engine
      .watchEnds((name) => running.fleet.onEnd(name), look, running.end.signal)
      .catch((error: unknown) => {
        if (!running.end.signal.aborted) this.options.log(`engine events: ${(error as Error).message}`)
      })
  }

  /** Asks for a look at books and engine; what goes wrong is tried again at the next one. */
  async look(): Promise<void> {
    await this.fleet?.look().catch((error: unknown) => {
      this.options.log(`looking at the machines: ${(error as Error).message}`)
    })
  }

  private lookNowAndThen(): void {
    const timer = setInterval(() => void this.look(), lookEvery)
    timer.unref()
    this.running?.end.signal.addEventListener('abort', () => clearInterval(timer))
  }

  /** Parks the machines and ends the engine. */
  async stop(): Promise<void> {
    await this.switching
    const { running } = this
    if (running === undefined) return
    this.state = { kind: 'off', reason: 'the local target is stopping' }
    running.end.abort()
    if (existsSync(this.place.folder)) await running.fleet.park()
    else await running.fleet.abandon()
    running.doors.close()
    await running.opened.close()
    this.running = undefined
  }
}
