import { join } from 'node:path'

/** Folders of the guests of one local target, below its own. */
export interface GuestPlace {
  readonly folder: string
  /** Mounted read-only into every guest at /opt/local-target: the certificate it shall trust. */
  readonly shared: string
  /** Data volumes that are attached to nothing, one folder each. */
  readonly volumes: string
  /** Mounted into the guest at /volumes: the data volumes attached to it. */
  readonly volumesOf: (instanceId: string) => string
  readonly machineOf: (instanceId: string) => string
  readonly tls: string
  /** Instances that were stopped only because the local target went away. */
  readonly parked: string
  /** With what the guests were switched on the last time. */
  readonly switched: string
}

export const planGuestPlace = (local: string): GuestPlace => {
  const folder = join(local, 'guests')
  const machineOf = (instanceId: string) => join(folder, 'machines', instanceId)
  return {
    folder,
    shared: join(folder, 'shared'),
    volumes: join(folder, 'volumes'),
    machineOf,
    volumesOf: (instanceId) => join(machineOf(instanceId), 'volumes'),
    tls: join(folder, 'tls'),
    parked: join(folder, 'parked.json'),
    switched: join(folder, 'guests.json'),
  }
}
