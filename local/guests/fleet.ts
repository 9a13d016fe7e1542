import type { Container } from '../engine/engine.ts'
import { decideStep } from './decide.ts'
import { captureImages } from './images.ts'
import type { Instance } from './instance.ts'
import { Machine, type MachineTools } from './machine.ts'
import { forgetParked, readParked, writeParked } from './parked.ts'
import { createRepeater } from './queue.ts'

/**
 * Makes machines what the books say, again and again: after every call that may have changed the books, when a
 * container ends, when the engine comes back, and now and then. Nothing is remembered between two looks that
 * could not be found again, so being killed at any moment costs nothing but the next look.
 */
export class Fleet {
  /** Looks, and starts what has to be done; resolves before that is done. */
  readonly look: () => Promise<void>
  private readonly machines = new Map<string, Machine>()
  /** Machines whose turn to be brought in line is still to come. */
  private readonly waiting = new Set<string>()
  private readonly tools: MachineTools
  private parked: ReadonlySet<string>
  private closed = false
  /** The engine does not answer, and may have taken its machines with it. */
  private away = false

  constructor(tools: MachineTools) {
    this.tools = tools
    this.parked = readParked(tools.place.parked)
    this.look = createRepeater(() => this.lookOnce())
  }

  find(instanceId: string): Machine | undefined {
    return this.machines.get(instanceId)
  }

  list(): Machine[] {
    return [...this.machines.values()]
  }

  /** For RebootInstances, which changes nothing in the books. */
  reboot(instanceId: string): void {
    const machine = this.machines.get(instanceId)
    void machine?.enqueue('reboot', () => machine.reboot())
  }

  /** A container has ended, by whomever. */
  onEnd(instanceId: string): void {
    const machine = this.machines.get(instanceId)
    // While a job of ours runs, it was the reason.
    if (machine === undefined || machine.busy || this.closed) return
    void machine.enqueue('its end', () => machine.ended(false))
  }

  /** Until it is back nobody can tell a machine that ended with it from one that was powered off. */
  engineLost(): void {
    this.away = true
  }

  /** What ended while the engine was away did not mean to: it is brought back like what we had parked. */
  async engineReturned(): Promise<void> {
    if (!this.away) return
    const containers = await this.tools.engine.list()
    const running = new Set(containers.filter((one) => one.running).map(({ name }) => name))
    const lost = this.list()
      .filter(({ bootedAt, instance }) => bootedAt !== undefined && !running.has(instance.instanceId))
      .map(({ instance }) => instance.instanceId)
    this.parked = new Set([...this.parked, ...lost])
    this.away = false
  }

  /** Stops the machines and remembers which, so that the next start brings them back. */
  async park(): Promise<void> {
    this.closed = true
    const running = this.list().filter(({ bootedAt }) => bootedAt !== undefined)
    const ids = running.map(({ instance }) => instance.instanceId)
    writeParked(this.tools.place.parked, [...new Set([...ids, ...this.parked])])
    await Promise.all(this.list().map((machine) => machine.enqueue('park', () => machine.halt(10))))
  }

  /** The folder was removed under us: nobody could ever bring them back. */
  async abandon(): Promise<void> {
    this.closed = true
    await Promise.all(
      this.list().map((machine) =>
        machine.enqueue('abandon', async () => {
          await this.tools.engine.remove(machine.instance.instanceId)
          await machine.detach()
        }),
      ),
    )
  }

  private async lookOnce(): Promise<void> {
    if (this.closed || this.away) return
    const [instances, containers] = await Promise.all([
      this.tools.books.listInstances(),
      this.tools.engine.list(),
    ])
    const found = new Map(containers.map((container) => [container.name, container]))
    for (const instance of instances) this.act(this.machineOf(instance), found.get(instance.instanceId))
    this.forget(instances)
    await this.removeStrays(instances, containers)
    await captureImages(this.tools, (id) => this.machines.get(id))
  }

  private machineOf(instance: Instance): Machine {
    const known = this.machines.get(instance.instanceId)
    if (known !== undefined) {
      known.instance = instance
      return known
    }
    const machine = new Machine(this.tools, instance)
    this.machines.set(instance.instanceId, machine)
    return machine
  }

  /** What was observed may be old by the time its turn comes, so it only decides whether there is a turn. */
  private act(machine: Machine, container: Container | undefined): void {
    const { instance } = machine
    const step = decideStep(instance.state, { running: container?.running, attached: machine.attached })
    if (step === 'none' && !machine.busy) {
      if (machine.attached) machine.placeVolumes()
      return
    }
    if (this.waiting.has(instance.instanceId)) return
    this.waiting.add(instance.instanceId)
    void machine.enqueue('bring in line', () => this.converge(machine))
  }

  /** Nobody else works on this machine now: what books and engine say is true until we are done. */
  private async converge(machine: Machine): Promise<void> {
    const { instanceId } = machine.instance
    this.waiting.delete(instanceId)
    if (this.closed) return
    const { books, engine } = this.tools
    const [instance] = await books.listInstances([instanceId])
    if (instance !== undefined) machine.instance = instance
    const running = (await engine.inspect(instanceId))?.running
    const jobs = {
      none: async () => {},
      boot: () => machine.boot(),
      attach: () => machine.attach(),
      examine: () => this.examine(machine),
      stop: () => machine.stop(),
      destroy: () => machine.destroy(),
    }
    // A book that does not know it any more was lost.
    await jobs[decideStep(instance?.state ?? 'terminated', { running, attached: machine.attached })]()
  }

  private async examine(machine: Machine): Promise<void> {
    const { instanceId } = machine.instance
    const parked = this.parked.has(instanceId)
    await machine.ended(parked)
    if (!parked) return
    this.parked = new Set([...this.parked].filter((id) => id !== instanceId))
    if (this.parked.size === 0) forgetParked(this.tools.place.parked)
  }

  /** Terminated instances are not listed any more; their machines have destroyed themselves. */
  private forget(instances: readonly Instance[]): void {
    const alive = new Set(instances.map(({ instanceId }) => instanceId))
    for (const [id, machine] of this.machines) if (!alive.has(id) && !machine.busy) this.machines.delete(id)
  }

  /** Containers that no book knows: left by a target whose books were lost. */
  private async removeStrays(
    instances: readonly Instance[],
    containers: readonly Container[],
  ): Promise<void> {
    const alive = new Set(instances.map(({ instanceId }) => instanceId))
    for (const { name } of containers)
      if (!alive.has(name) && !this.machines.has(name)) await this.tools.engine.remove(name)
  }
}
