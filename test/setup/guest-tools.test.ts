import { expect, test } from 'vitest'
import { ensureGuestTools, findGuestTools } from '../../scripts/setup/guest-tools.ts'
import { createIo, createMachine } from './fixture.ts'

const standInPrograms = ['rpmbuild', 'rpmsign', 'createrepo_c', 'gpg', 'flock']

const createEquipped = () => {
  const machine = createMachine()
  const podman = machine.program('podman', 'echo podman version 4.3.1')
  const mmdebstrap = machine.program('mmdebstrap', 'echo mmdebstrap 1.3.5')
  for (const name of ['nsenter', 'ip', ...standInPrograms]) machine.program(name, '')
  return { machine, podman, mmdebstrap }
}

test('with all programs there, their facts', async () => {
  const { machine, podman, mmdebstrap } = createEquipped()
  expect(await findGuestTools('auto', machine.place())).toEqual({
    tools: { engine: { kind: 'podman', podman }, mmdebstrap },
  })
})

test('looking installs nothing; where setup can install, the hint is setup', async () => {
  const machine = createMachine()
  machine.program('apt-get', 'exit 0')
  const place = machine.place()
  const answer = await findGuestTools('auto', { ...place, machine: { ...place.machine, root: true } })
  expect(answer).toEqual({ reason: 'podman and mmdebstrap are not installed', hint: 'npm run setup' })
  expect(machine.calls()).toEqual([])
})

test.each([['looking', findGuestTools] as const])(
  '%s on a machine without apt-get: a sentence',
  async (_, find) => {
    const answer = await find('auto', createMachine().place())
    expect(answer).toEqual({
      reason: 'podman runc util-linux iproute2 are not installed',
      hint: expect.stringContaining('install podman runc util-linux iproute2'),
    })
  },
)

test('declining is a reason, not an error', async () => {
  const machine = createMachine()
  machine.program('apt-get', 'exit 0')
  const place = machine.place()
  const root = { ...place, machine: { ...place.machine, root: true } }
  const io = createIo({ interactive: true })
  expect(await ensureGuestTools('auto', io, root)).toMatchObject({
    reason: 'declined to install podman and mmdebstrap',
  })
  expect(io.questions).toEqual(['Install podman and mmdebstrap on this machine?'])
})

test('a package that cannot be had is a reason, in the words of apt-get', async () => {
  const machine = createMachine()
  machine.program('apt-get', 'echo "E: Unable to locate package podman" >&2; exit 100')
  const place = machine.place()
  const answer = await ensureGuestTools('auto', createIo(), {
    ...place,
    machine: { ...place.machine, root: true },
  })
  expect(answer).toMatchObject({ reason: expect.stringContaining('E: Unable to locate package podman') })
})
