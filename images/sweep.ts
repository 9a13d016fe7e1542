import { monthlyInstance, monthlyStorage } from '../config/prices.ts'
import {
  type AliasUse,
  ageOf,
  describeAliases,
  describeUses,
  type ImageUse,
  type OurImage,
} from './our-image.ts'

const day = 24 * 3600_000
/** Artefacts and copies of base images that no lock names: the lock of a branch is one that we cannot see. */
const unnamedDays = 30

/** Something that lives only as long as a build. Times are ISO 8601. */
export interface BuildThing {
  readonly id: string
  readonly build: string | undefined
  readonly deadline: string | undefined
  readonly createdAt: string
}

export interface SweepGround {
  readonly region: string
  readonly now: Date
  readonly machines: readonly (BuildThing & { readonly type: string })[]
  /** Attached to nothing. */
  readonly volumes: readonly (BuildThing & { readonly sizeGiB: number })[]
  /** Tagged with a digest. */
  readonly snapshots: readonly { readonly id: string; readonly sizeGiB: number; readonly createdAt: string }[]
  /** Every image of the account, for its snapshots; those with a digest are ours. */
  readonly images: readonly OurImage[]
  readonly aliases: readonly AliasUse[]
  readonly uses: readonly ImageUse[]
  readonly locks: readonly {
    readonly key: string
    readonly build: string | undefined
    readonly owner: string | undefined
    readonly dead: boolean
    readonly modifiedAt: string
  }[]
  readonly artifacts: readonly {
    readonly key: string
    readonly size: number
    readonly modifiedAt: string
  }[]
  /** Keys of artefacts that a lock or a record names, and ids of images. */
  readonly named: ReadonlySet<string>
  /** Things tagged as a sandbox of somebody: instances and roles. */
  readonly sandboxThings: readonly {
    readonly id: string
    readonly kind: 'instance' | 'role'
    readonly user: string
    readonly createdAt: string
    readonly type?: string
  }[]
  /** Engineers whose stack has a state, or is being made. */
  readonly users: ReadonlySet<string>
}

export interface Finding {
  readonly kind: 'machine' | 'image' | 'snapshot' | 'volume' | 'lock' | 'artifact' | 'orphan'
  readonly id: string
  readonly why: string
  /** Milliseconds. */
  readonly age: number
  /** Dollars; undefined: unknown. */
  readonly monthly: number | undefined
  /** Of an orphan: whose sandbox it says it is. */
  readonly user?: string
  /** Of an orphan that is of no sandbox: the stack it belongs to. */
  readonly stack?: string
}

const setOf = (ids: readonly string[]): ReadonlySet<string> => new Set(ids)

/** Why a thing of a build is nobody's; undefined: somebody may still be at it. */
const whyOver = (
  { build, deadline }: BuildThing,
  dead: ReadonlySet<string>,
  now: Date,
): string | undefined => {
  if (build !== undefined && dead.has(build)) return `build ${build} is dead`
  // A deadline that cannot be read is no reason to remove a machine.
  return deadline !== undefined && Date.parse(deadline) < now.getTime() ? 'past its deadline' : undefined
}

const findImages = (
  ground: SweepGround,
  dead: ReadonlySet<string>,
  running: ReadonlySet<string>,
): Finding[] => {
  const { images, aliases, now, region } = ground
  const swept = new Set(ground.machines.filter((one) => whyOver(one, dead, now)).map(({ id }) => id))
  const uses = ground.uses.filter(({ instanceId }) => !swept.has(instanceId))
  return images.flatMap((image): Finding[] => {
    const { imageId, digest, verified, build, sizeGiB } = image
    if (digest === '' || verified || (build !== undefined && running.has(build))) return []
    if (describeAliases(imageId, aliases).length + describeUses(imageId, uses).length > 0) return []
    const age = ageOf(image, now)
    const isDead = build !== undefined && dead.has(build)
    if (!isDead && age <= day) return []
    const why = isDead ? `unverified, build ${build} is dead` : 'unverified for more than a day'
    return [{ kind: 'image', id: imageId, why, age, monthly: monthlyStorage('snapshot', sizeGiB, region) }]
  })
}

/** Copies of base images whose lock is no more. */
const findBases = ({ images, uses, named, now, region }: SweepGround): Finding[] =>
  images.flatMap((image): Finding[] => {
    const { imageId, baseOf, sizeGiB } = image
    const age = ageOf(image, now)
    if (baseOf === undefined || named.has(baseOf) || age <= unnamedDays * day) return []
    if (describeUses(imageId, uses).length > 0) return []
    const why = `a copy of ${baseOf}; no lock names it, older than ${unnamedDays} days`
    return [{ kind: 'image', id: imageId, why, age, monthly: monthlyStorage('snapshot', sizeGiB, region) }]
  })

const findStorage = (ground: SweepGround, dead: ReadonlySet<string>): Finding[] => {
  const { now, region, images } = ground
  const since = (iso: string) => now.getTime() - Date.parse(iso)
  const held = setOf(images.flatMap(({ snapshotIds }) => snapshotIds))
  const snapshots = ground.snapshots
    .filter(({ id, createdAt }) => !held.has(id) && since(createdAt) > day)
    .map(
      ({ id, sizeGiB, createdAt }): Finding => ({
        ...{ kind: 'snapshot', id, why: 'no image has it', age: since(createdAt) },
        monthly: monthlyStorage('snapshot', sizeGiB, region),
      }),
    )
  const volumes = ground.volumes.flatMap((volume): Finding[] => {
    const why = whyOver(volume, dead, now)
    const monthly = monthlyStorage('volume', volume.sizeGiB, region)
    return why === undefined
      ? []
      : [{ kind: 'volume', id: volume.id, why, age: since(volume.createdAt), monthly }]
  })
  const artifacts = ground.artifacts
    .filter(({ key, modifiedAt }) => !ground.named.has(key) && since(modifiedAt) > unnamedDays * day)
    .map(
      ({ key, size, modifiedAt }): Finding => ({
        ...{ kind: 'artifact', id: key, why: `no lock names it, older than ${unnamedDays} days` },
        ...{ age: since(modifiedAt), monthly: monthlyStorage('object', size / 1024 ** 3, region) },
      }),
    )
  return [...snapshots, ...volumes, ...artifacts]
}

const findOrphans = ({ sandboxThings, users, now, region }: SweepGround): Finding[] =>
  sandboxThings
    .filter(({ user }) => !users.has(user))
    .map(({ id, kind, user, createdAt, type }) => ({
      ...{ kind: 'orphan', id, user, why: `${kind} of a sandbox ${user} that has no state` },
      age: now.getTime() - Date.parse(createdAt),
      monthly: kind === 'role' ? 0 : monthlyInstance(type ?? '', region),
    }))

/** Everything of ours that is nobody's, in the order in which it can be removed. */
export const decideSweep = (ground: SweepGround): Finding[] => {
  const { now, region, locks } = ground
  const builds = (wanted: boolean) =>
    setOf(locks.flatMap(({ build, dead }) => (build === undefined || dead !== wanted ? [] : [build])))
  const [dead, running] = [builds(true), builds(false)]
  const since = (iso: string) => now.getTime() - Date.parse(iso)
  const machines = ground.machines.flatMap((machine): Finding[] => {
    const why = whyOver(machine, dead, now)
    const monthly = monthlyInstance(machine.type, region)
    return why === undefined
      ? []
      : [{ kind: 'machine', id: machine.id, why, age: since(machine.createdAt), monthly }]
  })
  const over = locks
    .filter((lock) => lock.dead)
    .map(
      ({ key, build, owner, modifiedAt }): Finding => ({
        ...{ kind: 'lock', id: key, age: since(modifiedAt), monthly: 0 },
        why: build === undefined ? 'it cannot be read' : `build ${build} of ${owner} is dead`,
      }),
    )
  return [
    ...machines,
    ...findImages(ground, dead, running),
    ...findBases(ground),
    ...findStorage(ground, dead),
    ...over,
    ...findOrphans(ground),
  ]
}
