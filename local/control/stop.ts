import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Paths } from '../../config/paths.ts'
import { UserError } from '../../config/user-error.ts'
import { type ControlFile, readControlFile } from './control-file.ts'
import { askDaemon, findDaemon } from './probe.ts'

/** Calls in flight get 20 s, moto gets 25 s to save. */
const patience = 50_000
/** A daemon that does not answer at all is asked by signal, then killed; its books stand that. */
const lastChance = 3000

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const waitForEnd = async (pid: number, milliseconds: number): Promise<boolean> => {
  const end = performance.now() + milliseconds
  while (lives(pid)) {
    if (performance.now() > end) return false
    await delay(10)
  }
  return true
}

/** Ends a daemon that findDaemon has just proved to be ours, and waits until its process is gone. */
export const stopDaemon = async (control: ControlFile): Promise<void> => {
  await askDaemon(control, 'POST', '/_local/stop', patience)
  if (await waitForEnd(control.pid, patience)) return
  throw new UserError(`the local target, process ${control.pid}, does not end`, {
    hint: `kill ${control.pid}`,
  })
}

/** Process numbers are used again: only a process that was started for this very folder is ours to end. */
const servesFolder = async (pid: number, folder: string): Promise<boolean> => {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)])
    return ` ${stdout.trim()} `.includes(` --folder=${folder} `)
  } catch {
    return false
  }
}

const endSilent = async (control: ControlFile, folder: string): Promise<boolean> => {
  if (!lives(control.pid) || !(await servesFolder(control.pid, folder))) return false
  process.kill(control.pid, 'SIGTERM')
  if (await waitForEnd(control.pid, lastChance)) return true
  process.kill(control.pid, 'SIGKILL')
  return waitForEnd(control.pid, lastChance)
}

/** True when one was running. What it has answered is saved; nothing is lost. */
export const stopControlPlane = async (paths: Paths): Promise<boolean> => {
  const running = await findDaemon(paths.local)
  if (running !== undefined) {
    await stopDaemon(running)
    return true
  }
  const control = readControlFile(paths.local)
  return control !== undefined && endSilent(control, paths.local)
}
