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
  private readonly tools: MachineTools
  private parked: ReadonlySet<string>
  private closed = false

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

  /** Stops the machines and remembers which, so that the next start brings them back. */
  async park(): Promise<void> {
    this.closed = true
    const running = this.list().filter(({ bootedAt }) => bootedAt !== undefined)
    const ids = running.map(({ instance }) => instance.instanceId)
    writeParked(this.tools.place.parked, [...new Set([...ids, ...this.parked])])
    await Promise.all(this.list().map((machine) => machine.enqueue('park', () => machine.halt(10))))
  }

  private async lookOnce(): Promise<void> {
    if (this.closed) return
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

  private act(machine: Machine, container: Container | undefined): void {
    // It will be looked at again when its job is done.
    if (machine.busy) {
      void machine.enqueue('look again', async () => void this.look())
      return
    }
    const { instance } = machine
    const jobs = {
      boot: () => machine.boot(),
      attach: () => machine.attach(),
      examine: () => this.examine(machine),
      stop: () => machine.stop(),
      destroy: () => machine.destroy(),
    }
    const step = decideStep(instance.state, { running: container?.running, attached: machine.attached })
    if (step !== 'none') void machine.enqueue(step, jobs[step])
    else if (machine.attached) machine.placeVolumes()
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
