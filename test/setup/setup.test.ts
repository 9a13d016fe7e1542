import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { command } from '../../scripts/setup.ts'
// zx looks for bash once, when it is loaded: before the tests take PATH away.
import 'zx/core'
import { createIo, createMachine, type Machine, terraformOf } from './fixture.ts'

const run = async (machine: Machine, flags: Record<string, boolean>) => {
  vi.stubEnv('PATH', machine.bin)
  vi.stubEnv('HOME', machine.home)
  vi.stubEnv('TERRAFORM_PROVIDER_MIRROR', '')
  vi.stubEnv('TF_CLI_CONFIG_FILE', '')
  vi.stubEnv('KIRO_SANDBOX_PYTHON', '')
  vi.stubEnv('KIRO_SANDBOX_ROOT', machine.paths.root)
  vi.stubEnv('KIRO_SANDBOX_STATE', machine.paths.state)
  vi.stubEnv('KIRO_SANDBOX_BUNDLE', machine.paths.bundle)
  const io = createIo()
  const answers: string[] = []
  const values = { check: false, json: false, yes: false, ...flags }
  try {
    const code = await command.run(values, {
      ...io,
      signal: new AbortController().signal,
      answer: (text) => void answers.push(text),
      ask: async () => '',
      labelled: () => io.story,
    })
    return { code, lines: io.lines, answer: answers.join('\n') }
  } finally {
    vi.unstubAllEnvs()
  }
}

const createEquipped = () => {
  const machine = createMachine()
  const path = machine.program('python3', '')
  machine.program(
    'python3',
    `/bin/cat <<'END'\n${JSON.stringify({ executable: path, version: [3, 12], moto: '5.2.1', installer: 'pip', files: [path] })}\nEND`,
  )
  machine.program('terraform', terraformOf('1.11.4'))
  machine.program('shellcheck', 'echo version: 0.9.0')
  return machine
}

const addGuestTools = (machine: ReturnType<typeof createMachine>) => {
  machine.program('podman', 'echo podman version 4.3.1')
  machine.program('mmdebstrap', 'echo mmdebstrap 1.3.5')
  for (const name of ['nsenter', 'ip', 'rpmbuild', 'rpmsign', 'createrepo_c', 'gpg', 'flock'])
    machine.program(name, '')
}

test('--check prints what would be done, changes nothing and ends with 3', async () => {
  const machine = createEquipped()
  const { code, lines, answer } = await run(machine, { check: true, json: true })
  expect(code).toBe(3)
  expect(lines).toContainEqual(expect.stringMatching(/^Terraform +1\.11\.4 +.*bin\/terraform \(on PATH\)$/))
  expect(lines).toContainEqual(
    expect.stringMatching(/^AWS provider +missing, .*would write .*terraform\.tfrc/),
  )
  expect(lines).toContainEqual(expect.stringMatching(/^shfmt +missing, .*install shfmt/))
  expect(JSON.parse(answer)).toEqual({
    terraform: join(machine.bin, 'terraform'),
    terraformVersion: '1.11.4',
    python: join(machine.bin, 'python3'),
    shellcheck: join(machine.bin, 'shellcheck'),
  })
})

test('with everything there it says one line for each tool and ends with 0', async () => {
  const machine = createEquipped()
  machine.program('shfmt', 'echo v3.8.0')
  addGuestTools(machine)
  const first = await run(machine, {})
  expect(first.lines.at(0)).toMatch(/^AWS provider: write /)
  const second = await run(machine, { check: true })
  expect(second.code).toBe(0)
  expect(second.lines).toHaveLength(7)
  expect(second.lines.map((line) => line.split(/ {2,}/)[0])).toEqual([
    'Terraform',
    'AWS provider',
    'moto',
    'shellcheck',
    'shfmt',
    'podman',
    'mmdebstrap',
  ])
})

test('a machine that cannot run guests is told so, and setup still ends with 0', async () => {
  const machine = createEquipped()
  machine.program('shfmt', 'echo v3.8.0')
  const { code, lines } = await run(machine, {})
  expect(code).toBe(0)
  expect(lines.at(-1)).toMatch(
    /^The local target runs no machines: podman .* are not installed \(install podman /,
  )
  const checked = await run(machine, { check: true })
  expect(checked.code).toBe(0)
  expect(checked.lines).toContainEqual(expect.stringMatching(/^podman +missing, needed .*: install podman/))
})
