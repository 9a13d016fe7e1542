import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { planPaths } from '../../config/paths.ts'
import { pins } from '../../config/pins.ts'
import { isMirrorConfig, renderDirectConfig, renderMirrorConfig } from '../../scripts/setup/cli-config.ts'
import { ensureTools } from '../../scripts/setup/ensure.ts'
import { planMirrorLayout } from '../../scripts/setup/mirror-search.ts'
import { planReleasePlatform } from '../../scripts/setup/terraform.ts'
import { InitFailed, initialise, isPinned } from '../../scripts/terraform/initialise.ts'
import { writeWorkdir } from '../../scripts/terraform/workdir.ts'
import { root } from '../e2e/cli.ts'
import { createIo } from '../setup/fixture.ts'

const { source, version } = pins.awsProvider
const { terraform, terraformVersion } = await ensureTools(
  ['terraform'],
  createIo(),
  planPaths({ ...process.env, KIRO_SANDBOX_ROOT: root }),
  process.env,
)
const place = mkdtempSync(join(tmpdir(), 'graviton-init-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** `init` does not run a provider, so any file will do for one. */
const mirror = join(place, 'mirror')
const provider = join(
  planMirrorLayout(mirror, { source, version, platform: planReleasePlatform(process) }).unpacked,
  `terraform-provider-aws_v${version}_x5`,
)
mkdirSync(dirname(provider), { recursive: true })

const json = JSON.stringify({
  terraform: { required_providers: { aws: { source: 'hashicorp/aws', version } }, backend: { local: {} } },
})

const renderLock = (hash: string) =>
  `provider "${source}" {\n  version     = "${version}"\n  constraints = "${version}"\n  hashes = [\n    "${hash}",\n  ]\n}\n`

/** Stands before Terraform and writes down what it is asked. */
const asked = join(place, 'asked')
const witness = join(place, 'terraform')
writeFileSync(witness, `#!/bin/sh\necho "$*" >>'${asked}'\nexec '${terraform}' "$@"\n`, { mode: 0o755 })

/** Initialises one folder as a command does; the lock file names `hash`. */
const prepare = async (name: string, hash: string, config: string, signal = new AbortController().signal) => {
  const file = join(place, `${name}.tfrc`)
  writeFileSync(file, config)
  writeFileSync(asked, '')
  const lockFile = renderLock(hash)
  const workdir = await writeWorkdir({ folder: join(place, name), json, spec: {}, lockFile })
  const environment = { PATH: process.env.PATH ?? '', TF_CLI_CONFIG_FILE: file }
  const tools = { terraform: witness, version: terraformVersion, environment }
  const answer = await initialise(workdir, tools, signal).then(
    () => 'done',
    (error: unknown) => error,
  )
  const folder = join(workdir.folder, '.terraform')
  return {
    answer,
    // With the lock file beside it, or without.
    inits: readFileSync(asked, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.includes('-lockfile=readonly')),
    lockIsOurs: readFileSync(join(workdir.folder, '.terraform.lock.hcl'), 'utf8') === lockFile,
    linked: existsSync(join(planLinked(folder), planReleasePlatform(process))),
    stamped: existsSync(join(folder, 'kiro-init')),
  }
}
const planLinked = (folder: string) => join(folder, 'providers', source, version)

/** SHA-256 of the listing `<sha256>  <name>\n`, as golang.org/x/mod/sumdb/dirhash has it for one file. */
const hashOf = async (text: string): Promise<string> => {
  const { createHash } = await import('node:crypto')
  const inner = createHash('sha256').update(text).digest('hex')
  const listing = `${inner}  ${provider.slice(dirname(provider).length + 1)}\n`
  return `h1:${createHash('sha256').update(listing).digest('base64')}`
}

const ready = { answer: 'done', lockIsOurs: true, linked: true, stamped: true }
const failed = { answer: expect.any(InitFailed), lockIsOurs: true, linked: false, stamped: false }
const ours = renderMirrorConfig(mirror, source)

test.each([
  ['our mirror', ours, [false]],
  // Of this one we know nothing, so `init` compares by itself.
  ['a configuration of somebody else', ours.replace(/^#.*\n/gm, ''), [true]],
])('%s: the pinned provider is taken, once, and the lock file stays ours', async (name, config, inits) => {
  writeFileSync(provider, 'as pinned')
  const hash = await hashOf('as pinned')
  expect(await prepare(name, hash, config)).toEqual({ ...ready, inits })
  expect(await prepare(name, hash, config)).toEqual({ ...ready, inits: [] })
})

test('another provider in our mirror is refused, by what Terraform says of it', async () => {
  writeFileSync(provider, 'planted')
  const seen = await prepare('planted', await hashOf('as pinned'), ours)
  expect(seen).toEqual({ ...failed, inits: [false, true] })
  const said = (seen.answer as InitFailed).report.errors.map(({ detail }) => detail).join()
  expect(said).toMatch(/doesn't match any\s+of the checksums/)
})

test('a mirror that moved is found where it is now', async () => {
  writeFileSync(provider, 'as pinned')
  const hash = await hashOf('as pinned')
  await prepare('moved', hash, ours)
  const elsewhere = join(place, 'elsewhere')
  renameSync(mirror, elsewhere)
  const seen = await prepare('moved', hash, renderMirrorConfig(elsewhere, source))
  renameSync(elsewhere, mirror)
  expect(seen).toEqual({ ...ready, inits: [false] })
})

test('an init that fails leaves our lock file and no stamp, also of the one before', async () => {
  const hash = await hashOf('as pinned')
  await prepare('empty', hash, ours)
  const [folder, link] = [join(place, 'nothing'), planLinked(join(place, 'empty', '.terraform'))]
  mkdirSync(folder)
  rmSync(link, { recursive: true })
  expect(await prepare('empty', hash, renderMirrorConfig(folder, source))).toEqual({
    ...failed,
    inits: [false],
  })
})

test('an init that is interrupted leaves our lock file and no stamp', async () => {
  const hash = await hashOf('as pinned')
  expect(await prepare('interrupted', hash, ours, AbortSignal.abort())).toMatchObject({
    answer: expect.any(InitFailed),
    lockIsOurs: true,
    stamped: false,
  })
})

test('every provider that was found has to be pinned, and one has to be', () => {
  expect(isPinned('"h1:a="', '"h1:b=", "h1:a="')).toBe(true)
  expect(isPinned('"h1:a=", "h1:c="', '"h1:b=", "h1:a="')).toBe(false)
  expect(isPinned('"zh:a"', '"zh:a", "h1:a="')).toBe(false)
})

test('only what we wrote for a mirror counts as that', () => {
  expect(isMirrorConfig(renderMirrorConfig('/m', source))).toBe(true)
  expect(isMirrorConfig(renderDirectConfig('/m'))).toBe(false)
  expect(isMirrorConfig(`# ${renderMirrorConfig('/m', source)}`)).toBe(false)
})
