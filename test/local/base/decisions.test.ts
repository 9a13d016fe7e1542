import { describe, expect, test } from 'vitest'
import { planPaths } from '../../../config/paths.ts'
import { silentStory } from '../../../config/story.ts'
import { decideArchitecture } from '../../../local/base/architecture.ts'
import { planBuildEnvironment } from '../../../local/base/ensure.ts'
import { explainBuild } from '../../../local/base/explain.ts'
import { parseBase } from '../../../local/base/find.ts'
import { planBaseKey, readRecipe } from '../../../local/base/recipe.ts'

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
  const key = planBaseKey(recipe, 'x86_64', 'podman')
  test.each([
    ['content', [{ ...recipe[0], content: Buffer.from('b') }], 'x86_64', 'podman'],
    ['name', [{ ...recipe[0], path: 'bild.sh' }], 'x86_64', 'podman'],
    ['mode', [{ ...recipe[0], executable: false }], 'x86_64', 'podman'],
    ['architecture', recipe, 'arm64', 'podman'],
    ['engine', recipe, 'x86_64', 'docker'],
  ] as const)('another %s is another base', (_name, changed, architecture, engine) => {
    expect(planBaseKey(changed as typeof recipe, architecture, engine)).not.toBe(key)
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
  const error = explainBuild(7, stderr, '/b')
  expect(error.message).toMatch(message)
  expect(error.hint).toMatch(hint)
})

test.each([
  '',
  '{}',
  '{"image":"i","architecture":"vax","digest":"d"}',
  '{"image":"i","architecture":"arm64"}',
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
    story: silentStory,
    env: {},
  } as const
  expect(
    planBuildEnvironment({ ...options, engine: { kind: 'podman', podman: '/p' } }, { own: 'k', twin: 't' }),
  ).toMatchObject({
    BASE_FOLDER: '/b',
    BASE_KEY: 'k',
    BASE_TWIN: 't',
    BASE_ENGINE: 'podman',
    BASE_SUITE: 'bookworm',
    BASE_ARCHITECTURE: 'arm64',
    BASE_PODMAN: '/p',
  })
})
