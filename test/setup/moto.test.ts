import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { pins } from '../../config/pins.ts'
import { decideFit, moto } from '../../scripts/setup/moto.ts'
import { findOnPath } from '../../scripts/setup/on-path.ts'
import { parseInterpreter, parseScriptInterpreter } from '../../scripts/setup/python-probe.ts'
import { planPythonHint } from '../../scripts/setup/python-venv.ts'
import { createMachine, serve } from './fixture.ts'

const shim = findOnPath('python3', process.env)
const python =
  shim && execFileSync(shim, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()
const withoutPython = python === undefined && !process.env.CI

/** An interpreter that answers our question with this. */
const says = (answer: object) => {
  const whole = { executable: '/x', version: [3, 11], installer: 'pip', files: [], ...answer }
  return `/bin/cat <<'END'\n${JSON.stringify(whole)}\nEND`
}

const fitting = (path: string) => says({ executable: path, moto: pins.moto.version, files: [path] })

test.each([
  ['python3', 'python3'],
  ['python', 'python'],
])('%s on PATH that imports moto is taken', async (_name, program) => {
  const machine = createMachine()
  const path = machine.program(program, fitting(join(machine.bin, program)))
  expect(await moto.find(machine.place())).toMatchObject({ path, version: '5.2.1', restsOn: [path] })
})

test('the interpreter behind moto_server is taken when the one on PATH has no moto', async () => {
  const machine = createMachine()
  machine.program(
    'python3',
    says({ executable: '/x', files: [], problem: "ModuleNotFoundError: No module named 'moto'" }),
  )
  const venv = machine.folder('pipx')
  const path = machine.program('python', fitting(join(venv, 'python')), venv)
  machine.program('moto_server', '')
  writeFileSync(join(machine.bin, 'moto_server'), `#!${path}\nfrom moto.server import main\n`)
  expect((await moto.find(machine.place()))?.path).toBe(path)
})

test('a pyenv shim leads to the interpreter behind it, not to the shim', async () => {
  const machine = createMachine()
  const path = machine.program(
    'python3.11',
    fitting(join(machine.folder('versions'), 'python3.11')),
    machine.folder('versions'),
  )
  machine.program('python3', `exec '${path}' "$@"`)
  machine.program('moto_server', 'exit 1')
  expect((await moto.find(machine.place()))?.path).toBe(path)
})

test.each([
  ['has another moto', { moto: '5.0.0' }, 'has moto 5.0.0, needed is 5.2.1'],
  ['is too old', { version: [3, 9], moto: '5.2.1' }, 'is Python 3.9, needed is 3.10 or newer'],
  ['lacks flask', { problem: "ModuleNotFoundError: No module named 'flask'" }, "No module named 'flask'"],
])(
  'KIRO_SANDBOX_PYTHON that %s is an error, not a reason to look further',
  async (_name, answer, message) => {
    const machine = createMachine()
    machine.program('python3', fitting(join(machine.bin, 'python3')))
    const named = machine.program('mine', says(answer))
    const env = { ...machine.env, KIRO_SANDBOX_PYTHON: named }
    await expect(moto.find(machine.place({ env }))).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(new RegExp(`^KIRO_SANDBOX_PYTHON=${named} .*${message}`)),
    })
  },
)

test.each([
  ['#!/opt/venv/bin/python\nimport moto', '/opt/venv/bin/python'],
  ['#!/opt/venv/bin/python3.12\n', '/opt/venv/bin/python3.12'],
  [`#!/bin/sh\n'''exec' "/a long/bin/python" "$0" "$@"\n' '''`, '/a long/bin/python'],
  ['#!/bin/sh\n\'\'\'exec\' /long/bin/python3 "$0" "$@"', '/long/bin/python3'],
  ['#!/usr/bin/env bash\nset -e\nexec pyenv exec', undefined],
  ['#!/usr/bin/env python3\n', undefined],
  ['', undefined],
])('the interpreter of the script %j is %s', (text, interpreter) => {
  expect(parseScriptInterpreter(text)).toBe(interpreter)
})

test.each([
  '',
  'Python 2.7.18',
  '{}',
  '{"executable":"","version":[3,11],"files":[]}',
  '{"executable":"/x"}',
])('the answer %j is not that of an interpreter', (stdout) =>
  expect(parseInterpreter(stdout)).toBeUndefined(),
)

test.each([
  ['darwin', undefined, 'brew install'],
  ['linux', '/usr/bin/apt-get', 'apt-get install python3 python3-venv'],
  ['linux', undefined, 'dnf install'],
] as const)('without Python on %s (%s) the hint says %s', (platform, aptGet, hint) => {
  expect(planPythonHint({ platform, aptGet })).toContain(hint)
})

test('without any Python nothing is made and the error says what to type', async () => {
  const machine = createMachine()
  machine.program('python3', says({ executable: '/old/python3', version: [3, 8], files: [] }))
  await expect(moto.install(machine.place(), () => {})).rejects.toMatchObject({
    message: 'no Python 3.10 to 3.14 that can make an environment: /old/python3 is 3.8',
    hint: expect.stringContaining('install'),
  })
  expect(readdirSync(machine.root)).not.toContain('state')
})

/** The smallest wheels that import; only the name and version of moto are like the real ones. */
const wheel = (name: string, version: string, module: string) => {
  const info = `${name}-${version}.dist-info`
  return zipSync({
    [`${module}/__init__.py`]: strToU8(`__version__ = ${JSON.stringify(version)}\n`),
    [`${info}/METADATA`]: strToU8(`Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`),
    [`${info}/WHEEL`]: strToU8('Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    [`${info}/entry_points.txt`]: strToU8(`[console_scripts]\n${module}_server = ${module}:main\n`),
    [`${info}/RECORD`]: strToU8(''),
  })
}

const packages = [
  ['moto', pins.moto.version, 'moto'],
  ...['flask', 'flask_cors', 'werkzeug', 'yaml', 'pyparsing', 'openapi_spec_validator', 'cryptography'].map(
    (name) => [name, '1', name],
  ),
] as const

/** An index as PyPI is one, on the loopback interface, and requirements that ask for its wheels. */
const createIndex = async (spoil: (name: string, sha256: string) => string = (_name, sha256) => sha256) => {
  const machine = createMachine()
  const files = new Map(
    packages.map(([name, version, module]) => [
      `${name}-${version}-py3-none-any.whl`,
      wheel(name ?? '', version ?? '', module ?? ''),
    ]),
  )
  const url = await serve((request, response) => {
    const path = request.url ?? ''
    const wanted = path.startsWith('/simple/') ? path.split('/')[2]?.replaceAll('-', '_') : undefined
    const links = [...files.keys()]
      .filter((file) => file.startsWith(`${wanted}-`))
      .map((file) => `<a href="/files/${file}">${file}</a>`)
    response.setHeader('content-type', wanted === undefined ? 'application/zip' : 'text/html')
    response.end(wanted === undefined ? files.get(path.replace('/files/', '')) : links.join('\n'))
  })
  const lines = packages.map(([name, version]) => {
    const digest = createHash('sha256')
      .update(files.get(`${name}-${version}-py3-none-any.whl`) ?? '')
      .digest('hex')
    return `${name}==${version} --hash=sha256:${spoil(name ?? '', digest)}`
  })
  writeFileSync(
    join(machine.folder('local/control'), 'requirements.txt'),
    `--only-binary :all:\n${lines.join('\n')}\n`,
  )
  symlinkSync(python ?? '', join(machine.bin, 'python3'))
  const env = { ...machine.env, PIP_INDEX_URL: `${url}/simple`, PIP_CONFIG_FILE: '/dev/null', PIP_USER: '1' }
  return { machine, place: machine.place({ env }) }
}

const installGood = async () => {
  const { machine, place } = await createIndex()
  const own = join(machine.paths.tools, 'moto-5.2.1')
  expect(await moto.install(place, () => {})).toMatchObject({
    path: join(own, 'bin', 'python'),
    origin: 'ours',
  })
  expect(readdirSync(machine.paths.tools)).toEqual(['moto-5.2.1'])
  expect(readdirSync(join(own, 'bin')).filter((name) => !name.startsWith('python'))).toEqual([])
  expect((await moto.find(place))?.path).toBe(join(own, 'bin', 'python'))

  // Other requirements than those it was made from: it does not count any more.
  const requirements = join(machine.root, 'local/control/requirements.txt')
  writeFileSync(requirements, `${readFileSync(requirements, 'utf8')}# changed\n`)
  rmSync(join(machine.bin, 'python3'))
  expect(await moto.find(place)).toBeUndefined()
}

const installSpoilt = async () => {
  const { machine, place } = await createIndex((name, sha256) =>
    name === 'werkzeug' ? '0'.repeat(64) : sha256,
  )
  await expect(moto.install(place, () => {})).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(/^pip install failed: .*HASH/s),
  })
  expect(readdirSync(machine.paths.tools)).toEqual([])
}

// Side by side, because making an environment takes seconds.
test.skipIf(withoutPython)(
  'the environment is made from the index, found again and renewed; a wrong checksum leaves nothing',
  { timeout: 60_000 },
  () => Promise.all([installGood(), installSpoilt()]),
)

test('an interpreter that fits has nothing wrong with it', () => {
  const interpreter = {
    executable: '/x',
    version: [3, 10] as const,
    moto: '5.2.1',
    problem: undefined,
    installer: 'pip' as const,
    files: [],
  }
  expect(decideFit(interpreter)).toBeUndefined()
})
