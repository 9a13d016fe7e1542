import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pins } from '../../config/pins.ts'
import { UserError } from '../../config/user-error.ts'
import { askProgram, renderComplaint } from './ask-program.ts'
import { moveIntoPlace, withDraft } from './disk.ts'
import { findOnPath } from './on-path.ts'
import { askPython, type Interpreter } from './python-probe.ts'
import type { Machine, Place } from './tool.ts'

/** The wheels in requirements.txt are for these. */
const minors = [12, 13, 11, 10, 14]

const venvFolder = (place: Place): string => join(place.paths.tools, `moto-${pins.moto.version}`)

export const venvPython = (place: Place): string => join(venvFolder(place), 'bin', 'python')

/** Written last; holds what it was made from, so that changed requirements make it anew. */
const seal = 'requirements.sha256'

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

export const isCurrentVenv = (place: Place, requirements: string): boolean => {
  try {
    return readFileSync(join(venvFolder(place), seal), 'utf8') === digestOf(requirements)
  } catch {
    return false
  }
}

/** Pure: what to type to get a Python that can make environments. */
export const planPythonHint = ({ platform, aptGet }: Pick<Machine, 'platform' | 'aptGet'>): string => {
  if (platform === 'darwin') return 'brew install python@3.12'
  if (aptGet !== undefined) return 'sudo apt-get install python3 python3-venv'
  return 'install python3 (3.10 to 3.14) with venv and pip, e.g. sudo dnf install python3.12 python3.12-pip'
}

const fits = ({ version: [major, minor] }: Interpreter): boolean => major === 3 && minors.includes(minor)

const findBase = async (place: Place): Promise<Interpreter> => {
  const names = ['python3', 'python', ...minors.map((minor) => `python3.${minor}`)]
  const seen: string[] = []
  for (const name of names) {
    const path = findOnPath(name, place.env)
    const interpreter = path === undefined ? undefined : await askPython(path, place.env)
    if (interpreter === undefined) continue
    if (fits(interpreter) && interpreter.installer !== undefined) return interpreter
    const lack = fits(interpreter) ? 'has neither pip nor ensurepip' : `is ${interpreter.version.join('.')}`
    seen.push(`${interpreter.executable} ${lack}`)
  }
  const reason = seen.length === 0 ? 'there is none on PATH' : [...new Set(seen)].join(', ')
  throw new UserError(`no Python 3.10 to 3.14 that can make an environment: ${reason}`, {
    hint: planPythonHint(place.machine),
  })
}

/** A person's index and certificates stay; what would send the packages elsewhere goes. */
const planPipEnv = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const { PYTHONHOME, PYTHONPATH, PIP_TARGET, PIP_PREFIX, VIRTUAL_ENV, ...rest } = env
  return {
    ...rest,
    PIP_USER: '0',
    PIP_REQUIRE_VIRTUALENV: '0',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
  }
}

const run = async (what: string, python: string, args: readonly string[], place: Place): Promise<void> => {
  const reply = await askProgram(python, args, { env: planPipEnv(place.env), seconds: 900 })
  place.signal?.throwIfAborted()
  if (reply.exitCode === 0) return
  const space = /No space left on device|Errno 28/.test(reply.stderr)
  throw new UserError(`${what} failed: ${renderComplaint(reply)}`, {
    hint: space
      ? 'free some space, or point KIRO_SANDBOX_STATE to another disk'
      : 'reach pypi.org, name a mirror with PIP_INDEX_URL=https://mirror.example/simple, or name an interpreter that has it with KIRO_SANDBOX_PYTHON',
  })
}

/** The other scripts name the draft folder in their first line and would not start after the move. */
const keepOnlyPython = async (bin: string): Promise<void> => {
  for (const name of await readdir(bin))
    if (!/^python[\d.]*$/.test(name)) await rm(join(bin, name), { recursive: true, force: true })
}

/** Makes the environment next to its place and moves it there when it is whole. Returns its interpreter. */
export const installVenv = async (
  place: Place,
  requirements: string,
  note: (text: string) => void,
): Promise<string> => {
  note('looking for a Python')
  const { executable: base, installer } = await findBase(place)
  await withDraft(place.paths.tools, async (draft) => {
    const venv = join(draft, 'venv')
    note('making the environment')
    const outside = installer === 'pip'
    await run(`${base} -m venv`, base, ['-m', 'venv', ...(outside ? ['--without-pip'] : []), venv], place)
    note('pip install')
    const inner = join(venv, 'bin', 'python')
    const pip = outside ? [base, '-m', 'pip', '--python', inner] : [inner, '-m', 'pip']
    const install = ['install', '--require-hashes', '--no-cache-dir', '--quiet', '-r', requirements]
    await run('pip install', pip[0] ?? base, [...pip.slice(1), ...install], place)
    await keepOnlyPython(join(venv, 'bin'))
    await writeFile(join(venv, seal), digestOf(requirements))
    await moveIntoPlace(venv, venvFolder(place), draft)
  })
  return venvPython(place)
}
