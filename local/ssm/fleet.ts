import type { InstanceState } from '../guests/instance.ts'

/** What SSM needs to know about a machine. */
export interface SsmMachine {
  readonly instanceId: string
  readonly region: string
  readonly state: InstanceState
  /** ISO 8601: when the present boot began; undefined when it does not run. */
  readonly bootedAt: string | undefined
  readonly privateIp: string
  /** Host name. */
  readonly name: string
  readonly imageId: string
  readonly roleName: string | null
  readonly tags: Readonly<Record<string, string>>
}

/** The machines there are. Asked on every call: answers from memory. */
export interface Fleet {
  find(instanceId: string): SsmMachine | undefined
  list(region: string): readonly SsmMachine[]
}
