import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Raised when starter and daemon no longer understand each other; a daemon of another number is restarted. */
export const protocol = 1

/** What a daemon leaves behind for those who want to talk to it. Believed only after it has answered with the nonce. */
export interface ControlFile {
  readonly protocol: number
  readonly pid: number
  readonly port: number
  readonly nonce: string
  /** Opens GET /_local/status and POST /_local/stop. */
  readonly token: string
  readonly startedAt: string
  readonly accountId: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Folder of the bundle that the daemon was started from. */
  readonly bundle: string
  /** Set when moto could not be kept alive: the daemon is up and useless. */
  readonly failure: string | null
}

export const controlPath = (folder: string): string => join(folder, 'control.json')

const texts = [
  'nonce',
  'token',
  'startedAt',
  'accountId',
  'accessKeyId',
  'secretAccessKey',
  'bundle',
] as const
const numbers = ['protocol', 'pid', 'port'] as const

/** undefined for anything that is not a whole control file; such a file is no reason to fail. */
export const parseControlFile = (text: string): ControlFile | undefined => {
  try {
    const data = JSON.parse(text) as Record<string, unknown>
    const whole =
      texts.every((name) => typeof data[name] === 'string' && data[name] !== '') &&
      numbers.every((name) => Number.isInteger(data[name]) && (data[name] as number) > 0) &&
      (data.port as number) < 65_536
    return whole ? (data as unknown as ControlFile) : undefined
  } catch {
    return undefined
  }
}

export const readControlFile = (folder: string): ControlFile | undefined => {
  try {
    return parseControlFile(readFileSync(controlPath(folder), 'utf8'))
  } catch {
    return undefined
  }
}

/** By rename: nobody ever reads half of it. */
export const writeControlFile = (folder: string, control: ControlFile): void => {
  const draft = `${controlPath(folder)}.${randomUUID()}`
  writeFileSync(draft, `${JSON.stringify(control, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(draft, controlPath(folder))
}

/** Only one's own: a successor may have written its file already. */
export const removeControlFile = (folder: string, nonce: string): void => {
  if (readControlFile(folder)?.nonce === nonce) rmSync(controlPath(folder), { force: true })
}
