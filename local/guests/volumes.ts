import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Instance, Volume } from './instance.ts'
import type { GuestPlace } from './place.ts'

export interface VolumeMove {
  readonly volumeId: string
  readonly to: 'guest' | 'pool'
}

/** @param present ids of the volumes that lie in the guest's folder now */
export const planVolumeMoves = (attached: readonly Volume[], present: readonly string[]): VolumeMove[] => {
  const wanted = attached.filter(({ root }) => !root).map(({ volumeId }) => volumeId)
  return [
    ...present.filter((id) => !wanted.includes(id)).map((volumeId) => ({ volumeId, to: 'pool' }) as const),
    ...wanted.filter((id) => !present.includes(id)).map((volumeId) => ({ volumeId, to: 'guest' }) as const),
  ]
}

const isVolume = (name: string): boolean => /^vol-[0-9a-f]+$/.test(name)

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

/** `/volumes/sdf -> vol-…`, so that what runs in the guest can speak of the device it was promised. */
const linkDevices = (folder: string, volumes: readonly Volume[]): void => {
  for (const name of namesIn(folder))
    if (lstatSync(join(folder, name)).isSymbolicLink()) rmSync(join(folder, name))
  for (const { device, volumeId, root } of volumes)
    if (!root && !existsSync(join(folder, basename(device))))
      symlinkSync(volumeId, join(folder, basename(device)))
}

/**
 * Puts the attached volumes, which are folders, where the guest sees them, and takes away those that are not.
 * Attaching is one rename on one disk: whole or not at all, and visible in a running guest at once.
 */
export const placeVolumes = (place: GuestPlace, { instanceId, volumes }: Instance): void => {
  const folder = place.volumesOf(instanceId)
  mkdirSync(folder, { recursive: true })
  mkdirSync(place.volumes, { recursive: true })
  for (const { volumeId, to } of planVolumeMoves(volumes, namesIn(folder).filter(isVolume))) {
    const [inPool, inGuest] = [join(place.volumes, volumeId), join(folder, volumeId)]
    if (to === 'pool') renameSync(inGuest, inPool)
    else if (existsSync(inPool)) renameSync(inPool, inGuest)
    else mkdirSync(inGuest, { mode: 0o755 })
  }
  linkDevices(folder, volumes)
}

/** The machine is gone, and with it the volumes that are to go with it. Any other goes back to the pool. */
export const releaseVolumes = (place: GuestPlace, instanceId: string, doomed: readonly string[]): void => {
  const folder = place.volumesOf(instanceId)
  mkdirSync(place.volumes, { recursive: true })
  for (const name of namesIn(folder).filter(isVolume))
    if (!doomed.includes(name)) renameSync(join(folder, name), join(place.volumes, name))
  rmSync(place.machineOf(instanceId), { recursive: true, force: true })
}

/** After DeleteVolume. */
export const deleteVolume = (place: GuestPlace, volumeId: string): void => {
  if (isVolume(volumeId)) rmSync(join(place.volumes, volumeId), { recursive: true, force: true })
}
