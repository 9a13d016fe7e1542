import { askProgram } from './ask-program.ts'

/** What an interpreter says about itself. */
export interface Interpreter {
  /** The interpreter itself: behind a pyenv shim, inside a venv. */
  readonly executable: string
  readonly version: readonly [number, number]
  readonly moto: string | undefined
  /** The first module that does not import, with Python's words. */
  readonly problem: string | undefined
  /** What can fill an environment: its own pip from outside, or ensurepip, which Debian leaves out. */
  readonly installer: 'pip' | 'ensurepip' | undefined
  /** Files that vanish or change when what was imported does. */
  readonly files: readonly string[]
}

// Whatever a module prints while it is imported goes to stderr; the last line of stdout is ours. The
// imports that take longest are only located: pip keeps them whole, and 1 s per question is too much.
const program = `
import contextlib, importlib, importlib.util, json, sys
answer = {"executable": sys.executable, "version": list(sys.version_info[:2]), "files": [sys.executable]}
def installer():
    # pip --python came with 22.3 and saves the 5 s that a pip inside the environment takes.
    with contextlib.suppress(Exception):
        from importlib.metadata import version
        if tuple(map(int, version("pip").split(".")[:2])) >= (22, 3):
            return "pip"
    return "ensurepip" if importlib.util.find_spec("ensurepip") else None
answer["installer"] = installer() if importlib.util.find_spec("venv") else None
with contextlib.redirect_stdout(sys.stderr):
    try:
        for name in ("moto", "flask", "flask_cors", "werkzeug"):
            answer["files"].append(importlib.import_module(name).__file__)
        answer["moto"] = sys.modules["moto"].__version__
        for name in ("yaml", "pyparsing", "openapi_spec_validator", "cryptography"):
            spec = importlib.util.find_spec(name)
            if spec is None:
                raise ModuleNotFoundError("No module named " + repr(name))
            answer["files"].append(spec.origin)
    except Exception as error:
        answer["problem"] = type(error).__name__ + ": " + str(error)
print(json.dumps(answer))
`

const isText = (value: unknown): value is string => typeof value === 'string'

export const parseInterpreter = (stdout: string): Interpreter | undefined => {
  try {
    const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    if (!isText(said.executable) || said.executable === '') return undefined
    return {
      executable: said.executable,
      version: [Number(said.version[0]), Number(said.version[1])],
      moto: isText(said.moto) ? said.moto : undefined,
      problem: isText(said.problem) ? said.problem : undefined,
      installer: said.installer === 'pip' || said.installer === 'ensurepip' ? said.installer : undefined,
      files: said.files.filter(isText),
    }
  } catch {
    return undefined
  }
}

/** Undefined for whatever does not answer like a Python 3. */
export const askPython = async (path: string, env: NodeJS.ProcessEnv): Promise<Interpreter | undefined> => {
  // find_spec writes no byte code, but the imports would, into folders that are not ours.
  const quiet = { ...env, PYTHONDONTWRITEBYTECODE: '1' }
  const reply = await askProgram(path, ['-c', program], { env: quiet })
  return reply.exitCode === 0 ? parseInterpreter(reply.stdout) : undefined
}

/**
 * The interpreter a console script starts, from its first lines. pip writes `#!/path/python`, or for long
 * paths a shell script whose second line is `'''exec' "/path/python" "$0" "$@"`. A pyenv shim is bash: nothing.
 */
export const parseScriptInterpreter = (text: string): string | undefined => {
  const [first = '', second = ''] = text.split('\n', 2)
  const direct = /^#!\s*(\/\S*python[\d.]*)\s*$/.exec(first)?.[1]
  if (direct !== undefined) return direct
  return /^#!\s*\/bin\/sh/.test(first) ? /^'''exec' "?(\/[^"]*?python[\d.]*)"? /.exec(second)?.[1] : undefined
}
