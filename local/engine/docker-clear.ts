import { readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../config/user-error.ts'
import { findDaemon } from './docker-daemon.ts'
import { folderLabel, planDockerKey } from './docker-guest.ts'
import { readDockerNote, removeDockerNote } from './docker-note.ts'
import { expectReply, parseComplaint, type Wire } from './wire.ts'

const listOurs = async (wire: Wire, what: 'containers' | 'images', local: string): Promise<string[]> => {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${folderLabel}=${local}`] }))
  const reply = await wire.ask('GET', `/${what}/json?all=1&filters=${filters}`)
  return (JSON.parse(expectReply(`list ${what}`, reply).toString()) as { Id: string }[]).map(({ Id }) => Id)
}

const removeContainers = async (wire: Wire, local: string): Promise<void> => {
  const ids = await listOurs(wire, 'containers', local)
  await Promise.all(
    ids.map(async (id) => {
      const reply = await wire.ask('DELETE', `/containers/${id}?force=1&v=1`)
      // 409: somebody else is removing it right now.
      expectReply(`remove container ${id.slice(0, 12)}`, reply, 404, 409)
    }),
  )
}

/**
 * An image that another one was made from goes after that one: as many rounds as it takes, while they get fewer.
 * @returns what Docker says of the first that it keeps
 */
const removeImages = async (wire: Wire, local: string): Promise<string | undefined> => {
  for (let left = Number.POSITIVE_INFINITY; ; ) {
    const ids = await listOurs(wire, 'images', local)
    if (ids.length === 0) return undefined
    const kept: string[] = []
    for (const id of ids) {
      const { status, body } = await wire.ask('DELETE', `/images/${id}?force=1`)
      if (status >= 400 && status !== 404) kept.push(parseComplaint(body))
    }
    if (ids.length >= left) return kept[0] ?? `${ids.length} of them are still there`
    left = ids.length
  }
}

/** Cgroups that Docker made for ours to live in, and leaves when they are gone. Only empty ones can be removed. */
export const removeCgroups = (path: string): void => {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) removeCgroups(join(path, entry.name))
    rmdirSync(path)
  } catch {
    // Not there, or something lives in it.
  }
}

/** Ends and removes what one local target has in a Docker, and nothing else of it. The base image stays, as a cache. */
export const clearDocker = async (local: string): Promise<void> => {
  const note = readDockerNote(local)
  if (note === undefined) return
  const daemon = await findDaemon(note.socket)
  if ('reason' in daemon)
    throw new UserError(`${daemon.reason}; containers of this local target may be left in it`, {
      hint: `start Docker and try again, or forget them: rm ${join(local, 'docker.json')}`,
    })
  await removeContainers(daemon.wire, local)
  const kept = await removeImages(daemon.wire, local)
  if (kept !== undefined)
    throw new UserError(`Docker keeps images of this local target: ${kept}`, {
      hint: `docker ps -a shows who uses them; docker images --filter label=${folderLabel}=${local}`,
    })
  removeCgroups(`/sys/fs/cgroup/kiro-${planDockerKey(local)}`)
  removeDockerNote(local)
}
