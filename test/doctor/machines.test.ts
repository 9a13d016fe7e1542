import { expect, test } from 'vitest'
import { renderFinding, worstOf } from '../../config/finding.ts'
import type { GuestRequest } from '../../local/guests/switched.ts'
import type { MachineFacts } from '../../scripts/doctor/machine-facts.ts'
import { decideMachineFindings } from '../../scripts/doctor/machine-findings.ts'

const engine = { kind: 'podman', podman: '/usr/bin/podman' } as const
const request: GuestRequest = {
  engine,
  base: {
    kind: 'stand-in',
    ...{ store: '/s', image: 'i', repository: '/r', digest: 'sha256:0123456789abcdef' },
    ...{ architecture: 'x86_64', description: 'Stand-in for Amazon Linux 2023' },
  },
  note: null,
  runtimes: ['runc'],
}
const flags = { runtime: 'runc', cgroupManager: null }

const sound: MachineFacts = {
  setting: 'auto',
  tools: { tools: { engine, mmdebstrap: '/usr/bin/mmdebstrap' } },
  choice: { architecture: 'arm64', emulated: false, note: undefined },
  base: request.base,
  switched: { request, flags },
  state: { kind: 'on', engine: 'podman 4.3.1', flags, request },
}

const verdicts = (facts: Partial<MachineFacts>) =>
  Object.fromEntries(
    decideMachineFindings({ ...sound, ...facts }).map(({ what, verdict }) => [what, verdict]),
  )

test('where everything is as it should be, everything is fine, and the flags are shown', () => {
  const findings = decideMachineFindings(sound)
  expect(worstOf(findings)).toBe('fine')
  expect(findings.map(renderFinding).join('\n')).toContain('runtime runc, cgroups as podman chooses')
})

test.each([
  ['no engine', { tools: { reason: 'podman is not installed', hint: 'npm run setup' } }, 'engine', 'wrong'],
  ['a computer nobody has a base for', { choice: undefined }, 'architecture', 'wrong'],
  [
    'x86_64 where arm64 was wanted',
    { choice: { architecture: 'x86_64', emulated: false, note: 'Guests are x86_64, not arm64' } },
    'architecture',
    'note',
  ],
  ['no base yet', { base: undefined }, 'base image', 'note'],
  ['never tried', { switched: undefined }, 'engine flags', 'note'],
  ['switched off by the settings', { setting: 'off' }, 'machines', 'note'],
  ['no daemon', { state: undefined }, 'machines', 'note'],
  ['an engine that cannot boot', { state: { kind: 'off', reason: 'runc' } }, 'machines', 'wrong'],
] as const)('%s', (_case, facts, what, verdict) => {
  expect(verdicts(facts as Partial<MachineFacts>)[what]).toBe(verdict)
})

test('what is wrong or missing says what to type', () => {
  const [engine] = decideMachineFindings({
    ...sound,
    tools: { reason: 'podman is not installed', hint: 'npm run setup' },
  })
  expect(engine && renderFinding(engine)).toMatch(/✗ engine +podman is not installed\n +fix: npm run setup/)
})

test.each([
  ['writable', 'of its own (writable-cgroups)'],
  ['own', 'in a place of its own below those of this computer'],
  ['named', 'of version 1, the hierarchy of systemd'],
] as const)(
  'of a Docker it says where it is, which version it has and what its cgroups are: %s',
  (cgroups, words) => {
    const docker = { ...request, engine: { kind: 'docker', socket: '/var/run/docker.sock' } as const }
    const text = decideMachineFindings({
      ...sound,
      tools: { tools: { engine: docker.engine, mmdebstrap: '/usr/bin/mmdebstrap' } },
      switched: { request: docker, flags: { cgroups } },
      state: { kind: 'on', engine: 'Docker 28.0.1', flags: { cgroups }, request: docker },
    })
      .map(renderFinding)
      .join('\n')
    expect(text).toContain('Docker at /var/run/docker.sock')
    expect(text).toContain(`a machine booted with cgroups ${words}`)
    expect(text).toContain('on, Docker 28.0.1')
  },
)
