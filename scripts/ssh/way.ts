import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import type { Paths } from '../../config/paths.ts'
import type { UserName } from '../../config/user-name.ts'

const waySchema = z.strictObject({
  accountId: z.string(),
  region: z.string(),
  instanceId: z.string(),
  privateIp: z.string(),
  endpoint: z.strictObject({ id: z.string(), dnsName: z.string() }),
})

/** How a sandbox was reached the last time. Ids and addresses only; they stay what they are while the machine lives. */
export type Way = z.infer<typeof waySchema>

export interface WayKey {
  readonly accountId: string
  readonly region: string
  readonly user: UserName
}

export const planWayFile = (paths: Pick<Paths, 'state'>, { accountId, region, user }: WayKey): string =>
  join(paths.state, 'ssh', `${accountId}-${region}-${user}.json`)

/** undefined for a file that is not there, cannot be read, or is of another version. */
export const readWay = (file: string): Way | undefined => {
  try {
    return waySchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

/** By rename: several ssh may start at once. Where nothing can be written, the next one asks again. */
export const writeWay = (file: string, way: Way): void => {
  const draft = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(draft, `${JSON.stringify(way)}\n`, { mode: 0o600 })
    renameSync(draft, file)
  } catch {
    rmSync(draft, { force: true })
  }
}

/** Where nothing can be removed, what stands in it fails again and is asked anew. */
export const forgetWay = (file: string): void => {
  try {
    rmSync(file, { force: true })
  } catch {}
}
