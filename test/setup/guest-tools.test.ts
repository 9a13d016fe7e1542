import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
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

/** What a Docker says of itself, at the socket that this machine's DOCKER_HOST names. */
const startDocker = async (machine: ReturnType<typeof createMachine>, version: string, api: string) => {
  const server = createServer((_request, response) =>
    response.end(JSON.stringify({ Version: version, ApiVersion: api })),
  )
  onTestFinished(() => void server.close())
  const socket = join(machine.root, 'docker.sock')
  await new Promise((resolve) => server.listen(socket, () => resolve(undefined)))
  return socket
}

test('without podman a Docker that runs is taken, and podman is not missed', async () => {
  const { machine, podman, mmdebstrap } = createEquipped()
  const socket = await startDocker(machine, '20.10.24', '1.41')
  const engineOf = async (wanted: 'auto' | 'docker') => {
    const answer = await findGuestTools(wanted, machine.place())
    return 'tools' in answer ? answer.tools : answer
  }
  const docker = { mmdebstrap, engine: { kind: 'docker', socket } }
  expect(await engineOf('auto')).toMatchObject({ engine: { kind: 'podman' } })
  expect(await engineOf('docker')).toEqual(docker)
  rmSync(podman)
  expect(await engineOf('auto')).toEqual(docker)
})

test.each([
  ['is not there', undefined, /Docker at .*docker\.sock does not answer: nobody listens there/],
  ['is too old', '1.39', /Docker 18\.09 is too old, 20\.10 or newer is needed/],
] as const)('a Docker that was asked for and %s is no reason to take podman', async (_case, api, reason) => {
  const { machine } = createEquipped()
  if (api !== undefined) await startDocker(machine, '18.09', api)
  expect(await findGuestTools('docker', machine.place())).toEqual({
    reason: expect.stringMatching(reason),
    hint: expect.stringContaining('start Docker'),
  })
})
