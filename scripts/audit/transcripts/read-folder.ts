import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { UserError, usageError } from '../../../config/user-error.ts'
import { inert } from '../../../config/user-name.ts'
import { type Collected, parseAnswer } from './parse-answer.ts'
import type { SessionFile } from './transcript.ts'

/** As in collect.py, which does the same in a sandbox. */
const [mostOfOne, mostOfAll, deepest] = [16_000_000, 64_000_000, 8]

const listFolder = async (folder: string, root: string): Promise<Dirent[]> => {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (folder !== root) return []
    throw usageError(
      `--from ${inert(root)} cannot be read: ${code}`,
      '--from <a folder with a copy of ~/.kiro>',
    )
  }
}

/** Links are not followed: a copy of somebody's home may lead out of it. */
async function* findFiles(folder: string, root: string, depth = 0): AsyncGenerator<string> {
  const inside = await listFolder(folder, root)
  for (const entry of inside) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && depth < deepest) yield* findFiles(path, root, depth + 1)
    else if (entry.isFile() && /^.*\.jsonl$|^data\.sqlite3$/.test(entry.name)) yield path
  }
}

const readEnd = async (path: string, root: string): Promise<SessionFile | undefined> => {
  const handle = await open(path, 'r').catch(() => undefined)
  if (handle === undefined) return undefined
  try {
    const { size, mtimeMs } = await handle.stat()
    const cut = size > mostOfOne
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(Math.min(size, mostOfOne)),
      0,
      Math.min(size, mostOfOne),
      cut ? size - mostOfOne : 0,
    )
    const text = buffer.subarray(0, bytesRead).toString('utf8')
    const whole = cut ? text.slice(text.indexOf('\n') + 1) : text
    return { path: relative(root, path).split(sep).join('/'), at: Math.round(mtimeMs), text: whole, cut }
  } finally {
    await handle.close()
  }
}

/** @param program collect.py: this computer's Python knows SQLite, Node 20 does not */
const readDatabase = async (path: string, root: string, program: string): Promise<Collected> => {
  const mark = `chats-${randomBytes(8).toString('hex')}`
  try {
    const python = process.platform === 'win32' ? 'python' : 'python3'
    const ran = promisify(execFile)(python, ['-I', '-', mark, '0', path], { maxBuffer: 400_000_000 })
    ran.child.stdin?.on('error', () => {})
    ran.child.stdin?.end(program)
    const found = parseAnswer((await ran).stdout, mark)
    const shown = relative(root, path).split(sep).join('/')
    return { ...found, files: found.files.map((file) => ({ ...file, path: shown })) }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const why = missing ? 'reading it needs python3' : (error as Error).message.split('\n').at(-1)
    return { files: [], left: 0, why: `${basename(path)}: ${why}` }
  }
}

/** A copy of a home, of ~/.kiro or of any folder below: from a laptop, or from a machine that is no more. */
export const collectFromFolder = async (named: string, program: string): Promise<Collected> => {
  const root = resolve(named)
  const files: SessionFile[] = []
  const whys: string[] = []
  let [left, spent] = [0, 0]
  const take = (file: SessionFile | undefined) => {
    if (file === undefined || spent + file.text.length > mostOfAll) left += 1
    else {
      spent += file.text.length
      files.push(file)
    }
  }
  for await (const path of findFiles(root, root)) {
    if (path.endsWith('.sqlite3')) {
      const found = await readDatabase(path, root, program)
      for (const file of found.files) take(file)
      if (found.why !== undefined) whys.push(found.why)
      continue
    }
    take(await readEnd(path, root))
    const beside = basename(path) === 'messages.jsonl' ? join(path, '..', 'session.json') : path.slice(0, -1)
    const meta = await readEnd(beside, root)
    if (meta !== undefined) take(meta)
  }
  if (files.length === 0 && whys.length === 0)
    throw new UserError(`there are no chats of Kiro's in ${inert(named)}`, {
      hint: 'they lie in ~/.kiro/sessions; those of the classic chat in ~/.local/share/kiro-cli/data.sqlite3',
    })
  return { files, left, why: whys.length === 0 ? undefined : whys.join('; ') }
}
