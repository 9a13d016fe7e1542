import { describe, expect, test } from 'vitest'
import { planPaths } from '../../../config/paths.ts'
import { silentStory } from '../../../config/story.ts'
import { decideArchitecture } from '../../../local/base/architecture.ts'
import { planBuildEnvironment } from '../../../local/base/ensure.ts'
import { explainBuild } from '../../../local/base/explain.ts'
import { type BaseKind, parseBase } from '../../../local/base/find.ts'
import { type BaseOrigin, planBaseKey, readRecipe } from '../../../local/base/recipe.ts'
import { amazonLinuxSource } from '../../../local/base/registry.ts'

const qemu = (flags: string, state = 'enabled') => ({
  name: 'qemu-aarch64',
  text: `${state}\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: ${flags}\noffset 0\n`,
})

describe('architecture', () => {
  test.each([
    ['arm64 on arm64 is native', 'arm64', 'arm64', [], 'arm64', false, undefined],
    ['x86_64 on x64 is native', 'x86_64', 'x64', [], 'x86_64', false, undefined],
    [
      'with qemu held by the kernel arm64 is emulated',
      'arm64',
      'x64',
      [qemu('POF')],
      'arm64',
      true,
      /emulated/,
    ],
    ['a handler that is not held does not count', 'arm64', 'x64', [qemu('PO')], 'x86_64', false, /not arm64/],
    [
      'nor does one that is switched off',
      'arm64',
      'x64',
      [qemu('F', 'disabled')],
      'x86_64',
      false,
      /not arm64/,
    ],
    [
      'without qemu one gets what there is',
      'arm64',
      'x64',
      [],
      'x86_64',
      false,
      /Guests are x86_64, not arm64/,
    ],
  ] as const)('%s', (_name, wanted, host, binfmt, architecture, emulated, note) => {
    expect(decideArchitecture(wanted, host, binfmt)).toEqual({
      architecture,
      emulated,
      note: note === undefined ? undefined : expect.stringMatching(note),
    })
  })

  test('a machine that is neither can have no guests', () =>
    expect(decideArchitecture('arm64', 's390x', [])).toBeUndefined())
})

describe('key', () => {
  const recipe = [{ path: 'build.sh', executable: true, content: Buffer.from('a') }]
  const origin: BaseOrigin = {
    ...{ kind: 'stand-in' as const, architecture: 'x86_64' as const, engine: 'podman' as const },
    source: amazonLinuxSource,
  }
  const key = planBaseKey(recipe, origin)
  test.each([
    ['content', [{ ...recipe[0], content: Buffer.from('b') }], {}],
    ['name', [{ ...recipe[0], path: 'bild.sh' }], {}],
    ['mode', [{ ...recipe[0], executable: false }], {}],
    ['architecture', recipe, { architecture: 'arm64' }],
    ['engine', recipe, { engine: 'docker' }],
  ] as const)('another %s is another base', (_name, changed, differs) => {
    expect(planBaseKey(changed as typeof recipe, { ...origin, ...differs })).not.toBe(key)
  })

  test('what only the other kind is made of does not count', () => {
    const more = (path: string) => [...recipe, { path, executable: false, content: Buffer.from('b') }]
    const keyOf = (path: string, kind: BaseKind) => planBaseKey(more(path), { ...origin, kind })
    expect(keyOf('amazon-linux/make.sh', 'stand-in')).toBe(key)
    expect(keyOf('stand-in/make.sh', 'stand-in')).not.toBe(key)
    expect(keyOf('amazon-linux/make.sh', 'amazon-linux')).not.toBe(keyOf('stand-in/make.sh', 'amazon-linux'))
  })

  test('another digest is another Amazon Linux, and the same stand-in', () => {
    const source = { ...amazonLinuxSource, digest: 'sha256:0' }
    expect(planBaseKey(recipe, { ...origin, source })).toBe(key)
    const amazon = { ...origin, kind: 'amazon-linux' } as const
    expect(planBaseKey(recipe, { ...amazon, source })).not.toBe(planBaseKey(recipe, amazon))
  })

  test('the recipe holds the scripts and what lands in the base, and none of the TypeScript', () => {
    const paths = readRecipe(planPaths(process.env).root).map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['build.sh', 'rootfs/etc/yum.repos.d/amazonlinux.repo']))
    expect(paths.filter((path) => path.endsWith('.ts'))).toEqual([])
  })
})

test.each([
  [
    'disk',
    'tar: write error: No space left on device',
    /no space left for the base image in \/b/,
    /KIRO_SANDBOX_BASE=/,
  ],
  [
    'network',
    "E: Failed to fetch http://x: Could not resolve 'x'",
    /Could not resolve/,
    /KIRO_SANDBOX_DEBIAN_MIRROR=/,
  ],
  ['noise first', 'W: old\nwarning: x\nE: broken\nI: bye', /could not be built: E: broken$/, /setup/],
  ['silence', '', /exit code 7/, /setup/],
])('a build that failed is explained: %s', (_name, stderr, message, hint) => {
  const error = explainBuild('stand-in', 7, stderr, '/b')
  expect(error.message).toMatch(message)
  expect(error.hint).toMatch(hint)
})

test.each([
  [
    'its words',
    125,
    'Trying to pull x...\nError: copying image: unexpected EOF',
    /a machine: copying image: unexpected EOF$/,
  ],
  ['a line that is dead', 124, 'Trying to pull x...', /a machine: it took too long$/],
])('Amazon Linux that failed names the way out: %s', (_name, code, stderr, message) => {
  const error = explainBuild('amazon-linux', code, stderr, '/b')
  expect(error.message).toMatch(message)
  expect(error.hint).toMatch(/public\.ecr\.aws.*"base": "stand-in"/)
})

test.each([
  '',
  '{}',
  '{"image":"i","architecture":"vax","digest":"d"}',
  '{"kind":"stand-in","image":"i","architecture":"arm64"}',
  '{"image":"i","architecture":"arm64","digest":"d"}',
  '{"kind":"gentoo","image":"i","architecture":"arm64","digest":"d"}',
])('base.json that is none: %s', (text) => expect(parseBase(text, '/b')).toBeUndefined())

test('KIRO_SANDBOX_BASE names another folder for all bases', () => {
  const env = { KIRO_SANDBOX_ROOT: '/r', KIRO_SANDBOX_STATE: '/s', KIRO_SANDBOX_BUNDLE: '/b' }
  expect(planPaths(env).base).toBe('/s/base')
  expect(planPaths({ ...env, KIRO_SANDBOX_BASE: '/shared' }).base).toBe('/shared')
})

test('the build knows where, what and with which podman', () => {
  const options = {
    paths: { root: '/r', base: '/b', local: '/l' },
    architecture: 'arm64',
    setting: 'auto',
    story: silentStory,
    env: {},
  } as const
  const folders = {
    podman: { 'amazon-linux': '/b/a', 'stand-in': '/b/k' },
    docker: { 'amazon-linux': '/b/x', 'stand-in': '/b/t' },
  }
  const engine = { kind: 'podman', podman: '/p' } as const
  expect(planBuildEnvironment({ ...options, engine }, 'stand-in', folders)).toMatchObject({
    BASE_FOLDER: '/b',
    BASE_KIND: 'stand-in',
    BASE_KEY: 'k',
    BASE_KEEP: 'a k x t',
    BASE_TLS_VERIFY: 'true',
    BASE_TWIN: 't',
    BASE_ENGINE: 'podman',
    BASE_SUITE: 'bookworm',
    BASE_ARCHITECTURE: 'arm64',
    BASE_PODMAN: '/p',
  })
})
