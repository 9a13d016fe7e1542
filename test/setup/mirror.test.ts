import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { pins } from '../../config/pins.ts'
import { findAwsProvider, installAwsProvider } from '../../scripts/setup/aws-provider.ts'
import { type MirrorCandidate, planMirrorCandidates } from '../../scripts/setup/mirror-candidates.ts'
import {
  type Provider,
  parseForeignMounts,
  planMirrorLayout,
  searchMirrors,
} from '../../scripts/setup/mirror-search.ts'
import { planReleasePlatform } from '../../scripts/setup/terraform.ts'
import { createMachine } from './fixture.ts'

const provider: Provider = { ...pins.awsProvider, platform: planReleasePlatform(process) }

const fill = (mirror: string, kind: 'unpacked' | 'packed', wanted = provider): string => {
  const path = planMirrorLayout(mirror, wanted)[kind]
  const file = kind === 'packed' ? path : join(path, `terraform-provider-aws_v${wanted.version}_x5`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, 'provider')
  return mirror
}

const render = (candidates: readonly MirrorCandidate[]) =>
  candidates.map((candidate) =>
    candidate.kind === 'search'
      ? `search ${candidate.path} ${candidate.depth}`
      : `${candidate.kind} ${candidate.path}`,
  )

const searched = ['/opt 3', '/srv 3', '/usr/share 2', '/usr/local 3', '/var/lib 3', '/h 2'].map(
  (root) => `search ${root}`,
)

test.each([
  [
    'linux with nothing set',
    {},
    'linux',
    [
      'ownConfig /h/.terraformrc',
      'implied /h/.terraform.d/plugins',
      'implied /h/.local/share/terraform/plugins',
      'implied /usr/local/share/terraform/plugins',
      'implied /usr/share/terraform/plugins',
    ],
  ],
  [
    'everything set',
    {
      TERRAFORM_PROVIDER_MIRROR: '/m',
      TF_CLI_CONFIG_FILE: '/c',
      XDG_DATA_HOME: '/x',
      XDG_DATA_DIRS: '/y:relative:/z',
    },
    'linux',
    [
      'named /m',
      'ownConfig /c',
      'ownConfig /h/.terraformrc',
      'implied /h/.terraform.d/plugins',
      'implied /x/terraform/plugins',
      'implied /y/terraform/plugins',
      'implied /z/terraform/plugins',
    ],
  ],
  [
    'macOS, where an empty variable counts as unset',
    { TERRAFORM_PROVIDER_MIRROR: '', TF_CLI_CONFIG_FILE: '' },
    'darwin',
    [
      'ownConfig /h/.terraformrc',
      'implied /h/.terraform.d/plugins',
      'implied /h/Library/Application Support/io.terraform/plugins',
      'implied /Library/Application Support/io.terraform/plugins',
    ],
  ],
] as const)('places to look on %s', (_name, env, platform, expected) => {
  expect(render(planMirrorCandidates(env, '/h', platform))).toEqual([...expected, ...searched])
})

const prepare = () => {
  const machine = createMachine()
  const mirror = machine.folder('mirror')
  const candidates = (env: NodeJS.ProcessEnv = {}): readonly MirrorCandidate[] => [
    ...planMirrorCandidates(env, machine.home, 'linux').filter(({ path }) => path.startsWith(machine.root)),
    { kind: 'search', path: machine.folder('roots'), depth: 2 },
  ]
  return { machine, mirror, candidates, place: machine.place() }
}

test.each(['unpacked', 'packed'] as const)('an %s mirror that was named is used', async (kind) => {
  const { mirror, candidates, place } = prepare()
  fill(mirror, kind)
  const { path } = await installAwsProvider(place, candidates({ TERRAFORM_PROVIDER_MIRROR: mirror }))
  expect(readFileSync(path, 'utf8')).toContain(`path    = "${mirror}"`)
  expect(path).toBe(join(place.paths.tools, 'terraform.tfrc'))
})

test.each([
  ['nothing', undefined],
  ['another version', { ...provider, version: '5.99.0' }],
  ['another platform', { ...provider, platform: 'solaris_sparc' }],
])('a named mirror that holds %s is an error that names the folder', async (_name, content) => {
  const { mirror, candidates, place } = prepare()
  if (content !== undefined) fill(mirror, 'unpacked', content)
  const installing = installAwsProvider(place, candidates({ TERRAFORM_PROVIDER_MIRROR: mirror }))
  await expect(installing).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(mirror),
  })
})

test('an own provider_installation is used untouched', async () => {
  const { machine, mirror, candidates, place } = prepare()
  const own = join(machine.root, 'my.tfrc')
  writeFileSync(own, `provider_installation {\n  filesystem_mirror { path = "${mirror}" }\n}\n`)
  const found = await findAwsProvider(place, candidates({ TF_CLI_CONFIG_FILE: own }))
  expect(found).toMatchObject({ path: own, origin: 'your own provider_installation' })
})

test.each([
  ['names no file', undefined],
  ['says nothing about providers', 'disable_checkpoint = true\n# provider_installation {\n'],
  ['only comments on them', '/* provider_installation { } */ credentials "a" { token = "//" }'],
])('a TF_CLI_CONFIG_FILE that %s does not hurt', async (_name, text) => {
  const { machine, candidates, place } = prepare()
  const own = join(machine.root, 'my.tfrc')
  if (text !== undefined) writeFileSync(own, text)
  fill(join(machine.home, '.terraform.d', 'plugins'), 'packed')
  const found = await installAwsProvider(place, candidates({ TF_CLI_CONFIG_FILE: own }))
  expect(found.origin).toBe(`mirror ${join(machine.home, '.terraform.d', 'plugins')}`)
})

test('without a mirror the configuration names a cache that exists, and no mirror', async () => {
  const { candidates, place } = prepare()
  expect(await findAwsProvider(place, candidates())).toBeUndefined()
  const { path } = await installAwsProvider(place, candidates())
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(`plugin_cache_dir = "${join(place.paths.tools, 'provider-cache')}"`)
  expect(text).not.toContain('provider_installation {')
  expect(await findAwsProvider(place, candidates())).toMatchObject({ path })
})

test('what Terraform cached serves as a mirror from then on', async () => {
  const { candidates, place } = prepare()
  await installAwsProvider(place, candidates())
  fill(join(place.paths.tools, 'provider-cache'), 'unpacked')
  expect(await findAwsProvider(place, candidates())).toBeUndefined()
  const { path } = await installAwsProvider(place, candidates())
  expect(readFileSync(path, 'utf8')).toContain('filesystem_mirror')
})

test('a mirror that appears later is among what the answer rests on', async () => {
  const { machine, candidates, place } = prepare()
  const { restsOn } = await installAwsProvider(place, candidates())
  const later = planMirrorLayout(join(machine.home, '.terraform.d', 'plugins'), provider)
  expect(restsOn).toEqual(expect.arrayContaining([later.unpacked, later.packed, join(machine.root, 'roots')]))
})

test('the search finds a tree as deep as allowed and no deeper', () => {
  const { machine } = prepare()
  const path = machine.folder('roots')
  fill(join(path, 'a', 'b'), 'unpacked')
  expect(searchMirrors([{ path, depth: 2 }], provider)?.mirror).toBe(join(path, 'a', 'b'))
  expect(searchMirrors([{ path, depth: 1 }], provider)).toBeUndefined()
})

test('the search follows no link, not even a root that is one', () => {
  const { machine, mirror } = prepare()
  const path = machine.folder('roots')
  fill(mirror, 'unpacked')
  symlinkSync(mirror, join(path, 'link'))
  expect(searchMirrors([{ path, depth: 3 }], provider)).toBeUndefined()
  expect(searchMirrors([{ path: join(path, 'link'), depth: 3 }], provider)).toBeUndefined()
})

test('the search ends when its time is up', () => {
  const { machine } = prepare()
  const path = machine.folder('roots')
  fill(join(path, 'a'), 'unpacked')
  expect(searchMirrors([{ path, depth: 2 }], provider, -1)).toBeUndefined()
})

test('network and kernel mounts are stayed away from', () => {
  const text = [
    'host:/export /home/me nfs4 rw 0 0',
    '//host/share /mnt/my\\040files cifs rw 0 0',
    '/dev/sda1 /opt ext4 rw 0 0',
    'proc /proc proc rw 0 0',
    'overlay / overlay rw 0 0',
    '',
  ]
  expect([...parseForeignMounts(text.join('\n'))]).toEqual(['/home/me', '/mnt/my files', '/proc'])
})
