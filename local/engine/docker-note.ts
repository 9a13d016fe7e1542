import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** In which Docker there are containers of a local target; written before the first one is made. */
export interface DockerNote {
  readonly socket: string
}

const fileOf = (local: string): string => join(local, 'docker.json')

export const readDockerNote = (local: string): DockerNote | undefined => {
  try {
    const { socket } = JSON.parse(readFileSync(fileOf(local), 'utf8')) as Partial<DockerNote>
    return typeof socket === 'string' ? { socket } : undefined
  } catch {
    return undefined
  }
}

export const writeDockerNote = (local: string, note: DockerNote): void => {
  mkdirSync(local, { recursive: true })
  writeFileSync(fileOf(local), JSON.stringify(note), { mode: 0o600 })
}

export const removeDockerNote = (local: string): void => rmSync(fileOf(local), { force: true })
