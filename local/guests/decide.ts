import type { InstanceState } from './instance.ts'

/** What has to be done so that the machine is what the books say. */
export type Step =
  | 'none'
  /** Make the container if there is none, start it, open its doors. */
  | 'boot'
  /** It runs, but nobody serves its metadata: we were away. */
  | 'attach'
  /** It should run and does not: how it ended decides. */
  | 'examine'
  | 'stop'
  | 'destroy'

export interface Observed {
  /** undefined: there is no container. */
  readonly running: boolean | undefined
  /** Its doors are open. */
  readonly attached: boolean
}

export const decideStep = (state: InstanceState, { running, attached }: Observed): Step => {
  switch (state) {
    case 'pending':
      return 'boot'
    case 'running':
      if (running === true) return attached ? 'none' : 'attach'
      // Without a container: made while there was no engine. It becomes a machine now.
      return running === undefined ? 'boot' : 'examine'
    case 'stopping':
      return 'stop'
    case 'stopped':
      return running === true ? 'stop' : 'none'
    case 'shutting-down':
    case 'terminated':
      return 'destroy'
  }
}

/** Engines write the year 1 for a time that has not come yet. */
export const hasRun = (container: { readonly startedAt: string } | undefined): boolean =>
  container !== undefined && !container.startedAt.startsWith('0001-')

/** reboot(2) inside a PID namespace ends PID 1 by these signals. https://man7.org/linux/man-pages/man2/reboot.2.html */
const rebooted = 129
const poweredOff = 130

export type Ending = 'reboot' | 'power-off' | 'crash'

/** @param parked we stopped it ourselves when the local target went away */
export const decideEnding = (exitCode: number, parked: boolean): Ending => {
  if (parked || exitCode === rebooted) return 'reboot'
  return exitCode === poweredOff ? 'power-off' : 'crash'
}
