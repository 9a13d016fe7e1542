import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Instance, Volume } from '../../../local/guests/instance.ts'
import { planGuestPlace } from '../../../local/guests/place.ts'
import { deleteVolume, placeVolumes, planVolumeMoves, releaseVolumes } from '../../../local/guests/volumes.ts'

const local = mkdtempSync(join(tmpdir(), 'kiro-volumes-'))
afterAll(() => rmSync(local, { recursive: true, force: true }))
const place = planGuestPlace(local)

const volume = (volumeId: string, device: string, root = false): Volume => ({
  ...{ volumeId, device, root, sizeGiB: 8, deleteOnTermination: root, snapshotId: null },
})
const machine = (instanceId: string, volumes: readonly Volume[]) => ({ instanceId, volumes }) as Instance
const [root, home] = [volume('vol-0', '/dev/xvda', true), volume('vol-aa', '/dev/sdf')]

test('the root volume is the machine itself and never moves', () => {
  expect(planVolumeMoves([root, home], [])).toEqual([{ volumeId: 'vol-aa', to: 'guest' }])
  expect(planVolumeMoves([root], ['vol-aa'])).toEqual([{ volumeId: 'vol-aa', to: 'pool' }])
  expect(planVolumeMoves([root, home], ['vol-aa'])).toEqual([])
})

test('what was written to a volume is there on the next machine, under its device name', () => {
  placeVolumes(place, machine('i-1', [root, home]))
  writeFileSync(join(place.volumesOf('i-1'), 'sdf', 'kept'), 'kept')
  releaseVolumes(place, 'i-1', [])
  expect(existsSync(place.machineOf('i-1'))).toBe(false)
  placeVolumes(place, machine('i-2', [root, { ...home, device: '/dev/sdg' }]))
  expect(readFileSync(join(place.volumesOf('i-2'), 'sdg', 'kept'), 'utf8')).toBe('kept')
  expect(readdirSync(place.volumesOf('i-2')).sort()).toEqual(['sdg', 'vol-aa'])
})

test('a volume that is detached leaves the guest, and comes back', () => {
  placeVolumes(place, machine('i-2', [root]))
  expect(readdirSync(place.volumesOf('i-2'))).toEqual([])
  placeVolumes(place, machine('i-2', [root, home]))
  expect(readFileSync(join(place.volumesOf('i-2'), 'sdf', 'kept'), 'utf8')).toBe('kept')
})

test('a volume that goes with its machine, and one that is deleted, are gone', () => {
  releaseVolumes(place, 'i-2', ['vol-aa'])
  expect(readdirSync(place.volumes)).toEqual([])
  placeVolumes(place, machine('i-3', [home]))
  releaseVolumes(place, 'i-3', [])
  deleteVolume(place, '../volumes/vol-aa')
  expect(readdirSync(place.volumes)).toEqual(['vol-aa'])
  deleteVolume(place, 'vol-aa')
  expect(readdirSync(place.volumes)).toEqual([])
})
