import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { planGuestPlace } from '../guests/place.ts'
import { readSwitched } from '../guests/switched.ts'
import { clearDocker } from './docker-clear.ts'
import { isDockerFlags } from './flags.ts'
import { endWatchers, waitForTidying } from './leftovers.ts'
import { planEnginePlace, planPodmanArguments } from './place.ts'

const run = promisify(execFile)

/** Mount points below a folder, the deepest first. Spaces and the like stand as octal numbers in that table. */
export const parseMounts = (mountinfo: string, folder: string): string[] =>
  mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((path) =>
      path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)

const unmountBelow = async (folder: string): Promise<void> => {
  for (const path of parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'), folder))
    await run('umount', [path])
}

const clearPodman = async (local: string): Promise<void> => {
  const root = process.getuid?.() === 0
  const place = planEnginePlace(local, { root, runtimeDir: process.env.XDG_RUNTIME_DIR })
  if (!existsSync(place.store) && !existsSync(place.run)) return
  const { request, flags } = readSwitched(planGuestPlace(local).switched) ?? {}
  const podman = request?.engine.kind === 'podman' ? request.engine.podman : 'podman'
  // A base that was removed meanwhile would make podman refuse everything.
  const baseStore = request !== undefined && existsSync(request.base.store) ? request.base.store : null
  const own = flags === undefined || isDockerFlags(flags) ? { runtime: null, cgroupManager: null } : flags
  const podmanArguments = planPodmanArguments({ place, baseStore, ...own })
  if (existsSync(place.store)) await run(podman, [...podmanArguments, 'rm', '--all', '--force', '--time=0'])
  endWatchers(place.run)
  await waitForTidying(place.run)
  if (root) {
    await unmountBelow(place.store)
    await unmountBelow(place.run)
    rmSync(place.store, { recursive: true, force: true })
  } else if (existsSync(place.store))
    // Files of guests belong to users that only podman's name space may touch.
    await run(podman, ['unshare', 'rm', '-rf', place.store])
  rmSync(place.run, { recursive: true, force: true })
}

/**
 * Ends and removes every container, image and mount of one local target, also when its daemon was killed and
 * cannot do it any more. Fine when there never was an engine.
 */
export const clearEngine = async (local: string): Promise<void> => {
  await clearPodman(local)
  await clearDocker(local)
}
