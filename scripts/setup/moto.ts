import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pins } from '../../config/pins.ts'
import { UserError } from '../../config/user-error.ts'
import { findOnPath } from './on-path.ts'
import { askPython, type Interpreter, parseScriptInterpreter } from './python-probe.ts'
import { installVenv, isCurrentVenv, venvPython } from './python-venv.ts'
import type { Found, Place, Tool } from './tool.ts'

export const requirementsPath = (place: Place): string =>
  join(place.paths.root, 'local', 'control', 'requirements.txt')

const oldest = Number(pins.moto.python.split('.')[1])

/** Undefined when it fits, else what is wrong with it, for people. */
export const decideFit = ({ version, moto, problem }: Interpreter): string | undefined => {
  const [major, minor] = version
  if (major !== 3 || minor < oldest)
    return `is Python ${major}.${minor}, needed is ${pins.moto.python} or newer`
  if (problem !== undefined) return `cannot import what moto needs (${problem})`
  return moto === pins.moto.version ? undefined : `has moto ${moto}, needed is ${pins.moto.version}`
}

const readStart = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').slice(0, 2000)
  } catch {
    return ''
  }
}

/** Interpreters that may already hold moto, the likeliest first. */
const listInterpreters = (place: Place): readonly string[] => {
  const server = findOnPath('moto_server', place.env)
  const behind = server === undefined ? undefined : parseScriptInterpreter(readStart(server))
  const beside = server === undefined ? undefined : join(dirname(server), 'python')
  const own = isCurrentVenv(place, requirementsPath(place)) ? venvPython(place) : undefined
  const all = [own, findOnPath('python3', place.env), findOnPath('python', place.env), behind, beside]
  return [...new Set(all.filter((path) => path !== undefined && existsSync(path)))] as readonly string[]
}

const refuseNamed = (path: string, place: Place, reason: string): UserError =>
  new UserError(`KIRO_SANDBOX_PYTHON=${path} ${reason}`, {
    hint: `unset it, or: ${path} -m pip install --require-hashes -r ${requirementsPath(place)}`,
  })

const answer = (place: Place, interpreter: Interpreter): Found => ({
  path: interpreter.executable,
  version: pins.moto.version,
  origin: interpreter.executable.startsWith(place.paths.tools)
    ? 'ours'
    : `Python ${interpreter.version.join('.')}`,
  restsOn: interpreter.files,
})

const findNamed = async (path: string, place: Place): Promise<Found> => {
  const interpreter = await askPython(path, place.env)
  const reason = interpreter === undefined ? 'does not start as a Python 3' : decideFit(interpreter)
  if (interpreter === undefined || reason !== undefined) throw refuseNamed(path, place, reason ?? '')
  return answer(place, interpreter)
}

export const moto: Tool<'moto'> = {
  name: 'moto',
  title: 'moto',
  why: 'by the local target to play AWS',
  question: (place) => [
    pins.moto.version,
    pins.moto.python,
    place.env.KIRO_SANDBOX_PYTHON,
    place.env.PYTHONPATH,
    place.env.PYENV_VERSION,
  ],
  find: async (place) => {
    const named = place.env.KIRO_SANDBOX_PYTHON
    if (named !== undefined && named !== '') return findNamed(named, place)
    for (const path of listInterpreters(place)) {
      const interpreter = await askPython(path, place.env)
      if (interpreter !== undefined && decideFit(interpreter) === undefined) return answer(place, interpreter)
    }
    return undefined
  },
  planInstall: (place) => ({
    title: `make a Python environment with moto ${pins.moto.version} in ${dirname(dirname(venvPython(place)))}`,
    outside: false,
  }),
  install: async (place, note) => {
    const python = await installVenv(place, requirementsPath(place), note)
    const interpreter = await askPython(python, place.env)
    const reason = interpreter === undefined ? 'does not start' : decideFit(interpreter)
    if (interpreter === undefined || reason !== undefined)
      throw new UserError(`${python} ${reason}`, {
        hint: `rm -r ${dirname(dirname(python))} && npm run setup`,
      })
    return answer(place, interpreter)
  },
  facts: ({ path }) => ({ python: path }),
}
