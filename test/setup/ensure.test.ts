import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parsePackageVersion, planAptInstall } from '../../scripts/setup/apt.ts'
import { ensureTools } from '../../scripts/setup/ensure.ts'
import { createIo, createMachine, terraformOf } from './fixture.ts'

const shellcheckBody = 'echo "ShellCheck - shell script analysis tool"; echo "version: 0.9.0"'

/** apt-get that installs by writing an executable, as the real one does; `needsUpdate` fails the first time. */
const createDebian = (needsUpdate = false) => {
  const machine = createMachine()
  const made = join(machine.bin, 'shellcheck')
  const lists = join(machine.root, 'lists')
  machine.program(
    'apt-get',
    `PATH=/usr/bin:/bin
case "$*" in
  update) touch '${lists}' ;;
  *) ${needsUpdate ? `[ -e '${lists}' ] || { echo 'E: Unable to locate package shellcheck' >&2; exit 100; }` : ':'}
     printf '#!/bin/sh\\n%s\\n' '${shellcheckBody}' > '${made}'; chmod 755 '${made}' ;;
esac`,
  )
  machine.program('sudo', 'while [ "$1" = -n ]; do shift; done; exec "$@"')
  return { machine, made }
}

const aptCalls = (lines: readonly string[]) => lines.filter((line) => line.startsWith('apt-get'))

test('what is there is neither asked about nor installed', async () => {
  const { machine, made } = createDebian()
  writeFileSync(made, `#!/bin/sh\n${shellcheckBody}\n`)
  chmodSync(made, 0o755)
  const io = createIo({ interactive: true })
  expect(await ensureTools(['shellcheck'], io, machine.paths, machine.env)).toEqual({ shellcheck: made })
  expect([io.questions, io.lines, machine.calls()]).toEqual([[], [], []])
})

test('declining ends with 130 and installs nothing', async () => {
  const { machine, made } = createDebian()
  const io = createIo({ interactive: true })
  const asking = ensureTools(['shellcheck'], io, machine.paths, machine.env)
  await expect(asking).rejects.toMatchObject({ exitCode: 130, message: 'declined to install shellcheck' })
  expect(io.questions).toEqual(['Install shellcheck on this machine?'])
  expect([existsSync(made), machine.calls()]).toEqual([false, []])
})

test('agreeing installs', async () => {
  const { machine, made } = createDebian()
  const io = createIo({ interactive: true, confirm: async () => true })
  expect(await ensureTools(['shellcheck'], io, machine.paths, machine.env)).toEqual({ shellcheck: made })
})

test.each([
  ['--yes', { interactive: true, yes: true }],
  ['no terminal', { interactive: false }],
])('with %s it goes ahead without a question', async (_name, change) => {
  const { machine, made } = createDebian()
  const io = createIo(change)
  expect(await ensureTools(['shellcheck'], io, machine.paths, machine.env)).toEqual({ shellcheck: made })
  expect(io.questions).toEqual([])
})

test('a machine without package lists fetches them once', async () => {
  const { machine, made } = createDebian(true)
  await ensureTools(['shellcheck'], createIo({ yes: true }), machine.paths, machine.env)
  const install = expect.stringContaining('install --yes --no-install-recommends shellcheck')
  expect(aptCalls(machine.calls())).toEqual([install, 'apt-get update', install])
  expect(existsSync(made)).toBe(true)
})

test('a package that cannot be had is told in the words of apt-get', async () => {
  const { machine } = createDebian()
  machine.program('apt-get', 'echo "E: Unable to locate package shellcheck" >&2; exit 100')
  const installing = ensureTools(['shellcheck'], createIo(), machine.paths, machine.env)
  await expect(installing).rejects.toMatchObject({
    name: 'UserError',
    message: 'apt-get could not install shellcheck: E: Unable to locate package shellcheck',
  })
})

test('nothing is installed when one of the missing tools cannot be', async () => {
  const machine = createMachine()
  const io = createIo({ yes: true })
  const env = { ...machine.env, KIRO_SANDBOX_TERRAFORM_URL: 'http://127.0.0.1:1' }
  await expect(ensureTools(['terraform', 'shellcheck'], io, machine.paths, env)).rejects.toThrow(
    'shellcheck is not installed',
  )
  expect(io.lines).toEqual([])
})

const linux = {
  platform: 'linux',
  arch: 'x64',
  home: '/h',
  root: false,
  aptGet: '/a/apt-get',
  sudo: '/s/sudo',
} as const
const tail = ['/a/apt-get', 'install', '--yes', '--no-install-recommends', 'shfmt']
test.each([
  ['root needs no sudo', { ...linux, root: true }, true, tail],
  ['sudo may ask at a terminal', linux, true, ['/s/sudo', ...tail]],
  ['sudo must not ask without one', linux, false, ['/s/sudo', '-n', ...tail]],
])('%s', (_name, machine, interactive, argv) => {
  expect(planAptInstall(['shfmt'], machine, interactive)).toEqual(argv)
})

test.each([
  ['macOS', { ...linux, platform: 'darwin', aptGet: undefined }, 'brew install shfmt'],
  ['another Linux', { ...linux, aptGet: undefined }, 'sudo dnf install shfmt'],
  ['no way to become root', { ...linux, sudo: undefined }, 'as root: apt-get install shfmt'],
] as const)('%s: the hint is something to type', (_name, machine, hint) => {
  expect(() => planAptInstall(['shfmt'], machine, true)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining(hint) }),
  )
})

test.each([
  ['ShellCheck - shell script analysis tool\nversion: 0.9.0\nlicense: GPL', '0.9.0'],
  ['v3.8.0\n', '3.8.0'],
  ['3.6.0', '3.6.0'],
  ['(devel)', undefined],
])('%j is version %s', (stdout, version) => {
  expect(parsePackageVersion(stdout)).toBe(version)
})

test('a state folder that cannot be one is a UserError that names it', async () => {
  const machine = createMachine()
  machine.program('terraform', terraformOf('1.11.4'))
  writeFileSync(machine.paths.state, 'a file')
  await expect(ensureTools(['terraform'], createIo(), machine.paths, machine.env)).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(machine.paths.tools),
    hint: expect.stringContaining('KIRO_SANDBOX_STATE='),
  })
})
