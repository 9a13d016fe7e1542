import type { ContainerSpec } from './container-spec.ts'

/** How one local target's containers and images are called by the engine, and told from those of others. */
export interface Belongings {
  /** `label=value` that all of ours carry; null where the whole engine is ours. */
  readonly label: string | null
  /** `linux/arm64`, for engines that would look for an image of their own architecture. */
  readonly platform: string | null
  readonly containerOf: (name: string) => string
  /** The way back; undefined for what is not ours. */
  readonly nameOf: (container: string) => string | undefined
  readonly imageOf: (image: string) => string
  readonly imageNameOf: (held: string) => string
  /** What the engine has to be told beyond what the container is. */
  readonly dress: (name: string, spec: ContainerSpec) => ContainerSpec
}

/** podman works in a store that nobody else has, and is told the rest on its command line. */
export const soleOwner: Belongings = {
  label: null,
  platform: null,
  containerOf: (name) => name,
  nameOf: (container) => container,
  imageOf: (image) => image,
  imageNameOf: (held) => held,
  dress: (_name, spec) => spec,
}
