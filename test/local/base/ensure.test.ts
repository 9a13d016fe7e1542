import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { planPaths } from '../../../config/paths.ts'
import { silentStory } from '../../../config/story.ts'
import { type EnsureBaseOptions, ensureBase } from '../../../local/base/ensure.ts'
import { findBases, planBaseFolders } from '../../../local/base/find.ts'

const finish = `mkdir -p "$BASE_FOLDER/$BASE_KEY"
printf '{"kind":"'$BASE_KIND'","image":"i","architecture":"%s","digest":"sha256:0"}' "$BASE_ARCHITECTURE" > "$BASE_FOLDER/$BASE_KEY/base.json"`

/** A checkout whose build script is another one; the lock and everything around it are real. */
const createCheckout = (script: string) => {
  const root = mkdtempSync(join(tmpdir(), 'base-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, 'local', 'base'), { recursive: true })
  const built = join(root, 'built')
  const path = join(root, 'local', 'base', 'build.sh')
  writeFileSync(
    path,
    `set -eu\n[ ! -e "$BASE_FOLDER/$BASE_KEY/base.json" ] || exit 0\necho build >> '${built}'\n${script}\n`,
  )
  chmodSync(path, 0o755)
  const options: EnsureBaseOptions = {
    paths: { root, base: join(root, 'state', 'base'), local: join(root, 'state', 'local') },
    architecture: 'x86_64',
    setting: 'stand-in',
    engine: { kind: 'podman', podman: '/usr/bin/podman' },
    story: silentStory,
  }
  return {
    options,
    builds: () => (existsSync(built) ? readFileSync(built, 'utf8').split('\n').length - 1 : 0),
  }
}

test('what was built is found again and not built twice', async () => {
  const { options, builds } = createCheckout(finish)
  expect(findBases(options)['stand-in']).toBeUndefined()
  const base = await ensureBase(options)
  expect(base).toMatchObject({ architecture: 'x86_64', digest: 'sha256:0' })
  expect(await ensureBase(options)).toEqual(base)
  expect(builds()).toBe(1)
})

test('two builders at once end with one build', async () => {
  const { options, builds } = createCheckout(`sleep 0.3\n${finish}`)
  const [left, right] = await Promise.all([ensureBase(options), ensureBase(options)])
  expect(left).toEqual(right)
  expect(builds()).toBe(1)
})

test('the notes of the build reach the story', async () => {
  const { options } = createCheckout(`echo chatter\necho 'note: import'\n${finish}`)
  const notes: string[] = []
  const story = {
    ...silentStory,
    step: <T>(_title: string, work: (note: (text: string) => void) => Promise<T>) =>
      work((text) => void notes.push(text)),
  }
  await ensureBase({ ...options, story })
  expect(notes).toEqual(['import'])
})

test('a failure is told in the words of the build', async () => {
  const { options } = createCheckout('echo "E: no such package" >&2; exit 1')
  await expect(ensureBase(options)).rejects.toMatchObject({
    name: 'UserError',
    message: 'the base image could not be built: E: no such package',
  })
})

test('an interrupt ends the build with everything below it and frees the lock', async () => {
  const { options, builds } = createCheckout(`[ -e "$BASE_FOLDER/again" ] || sleep 1000\n${finish}`)
  const controller = new AbortController()
  const building = ensureBase({ ...options, signal: controller.signal })
  const failed = expect(building).rejects.toThrow('stopped')
  await vi.waitFor(() => expect(builds()).toBe(1), 60_000)
  controller.abort(new Error('stopped'))
  await failed
  writeFileSync(join(options.paths.base, 'again'), '')
  await ensureBase(options)
  expect(builds()).toBe(2)
  expect(readdirSync(options.paths.base).filter((name) => name.startsWith('.draft'))).toEqual([])
})

test.runIf(process.getuid?.() === 0)('what a killed build has left mounted goes with its draft', () => {
  const draft = mkdtempSync(join(tmpdir(), 'a draft-'))
  const store = join(draft, 'store', 'overlay')
  mkdirSync(store, { recursive: true })
  execFileSync('mount', ['--bind', store, store])
  expect(() => rmSync(draft, { recursive: true })).toThrow(/EBUSY/)
  const script = join(planPaths(process.env).root, 'local', 'base', 'discard.sh')
  execFileSync('bash', [script, draft, `${draft}-that-never-was`])
  expect(existsSync(draft)).toBe(false)
})

test('an older base goes when no local target rests on it any more', async () => {
  const { options } = createCheckout(finish)
  await ensureBase(options)
  const folder = planBaseFolders(options)['stand-in']
  const prune = () =>
    execFileSync('bash', [join(planPaths(process.env).root, 'local', 'base', 'prune.sh'), folder], {
      stdio: 'pipe',
    })
  mkdirSync(options.paths.local)
  expect(prune).toThrow()
  expect(existsSync(folder)).toBe(true)
  rmSync(options.paths.local, { recursive: true })
  prune()
  expect(existsSync(folder)).toBe(false)
})
