import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Finding, fine, note, wrong } from '../../config/finding.ts'

const gibibyte = 1024 ** 3
/** Terraform's provider alone unpacks to 0.7 GiB; a golden image of the local target takes about 1 GiB. */
const [least, little] = [2 * gibibyte, 6 * gibibyte]

export interface Disk {
  readonly path: string
  readonly free: number
}

export const decideDisk = ({ path, free }: Disk): Finding => {
  const says = `${(free / gibibyte).toFixed(1)} GiB free at ${path}`
  const fix = 'free some, or point KIRO_SANDBOX_STATE to another disk'
  if (free < least) return wrong('disk', `${says}, too little for images and providers`, fix)
  return free < little ? note('disk', `${says}, which a few images use up`, fix) : fine('disk', says)
}

/** The folder may not be there yet; what counts is the disk that it will be on. */
export const findDisk = async (path: string): Promise<Disk> => {
  let there = path
  while (!existsSync(there)) there = dirname(there)
  const { bavail, bsize } = await statfs(there)
  return { path, free: bavail * bsize }
}
