import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

/** Initialises one folder as a command does; the lock file names `hash`. */
const prepare = async (name: string, hash: string, config: string) => {
  const file = join(place, `${name}.tfrc`)
  writeFileSync(file, config)
  const lockFile = renderLock(hash)
  const workdir = await writeWorkdir({ folder: join(place, name), json, spec: {}, lockFile })
  const environment = { PATH: process.env.PATH ?? '', TF_CLI_CONFIG_FILE: file }
  const tools = { terraform, version: terraformVersion, environment }
  const answer = await initialise(workdir, tools, new AbortController().signal).then(
    () => 'done',
    (error: unknown) => error,
  )
  const there = join(workdir.folder, '.terraform', 'providers', source)
  return {
    answer,
    lockFile: readFileSync(join(workdir.folder, '.terraform.lock.hcl'), 'utf8'),
    wanted: lockFile,
    linked: existsSync(there),
  }
}

/** SHA-256 of the listing `<sha256>  <name>\n`, as golang.org/x/mod/sumdb/dirhash has it for one file. */
const hashOf = async (text: string): Promise<string> => {
  const { createHash } = await import('node:crypto')
  const inner = createHash('sha256').update(text).digest('hex')
  const listing = `${inner}  ${provider.slice(dirname(provider).length + 1)}\n`
  return `h1:${createHash('sha256').update(listing).digest('base64')}`
}

test.each([
  ['our mirror', renderMirrorConfig(mirror, source)],
  // Of this one we know nothing, so `init` compares by itself.
  ['a configuration of somebody else', renderMirrorConfig(mirror, source).replace(/^#.*\n/gm, '')],
])('%s: the pinned provider is taken, and the lock file stays ours', async (name, config) => {
  writeFileSync(provider, 'as pinned')
  const { answer, lockFile, wanted, linked } = await prepare(name, await hashOf('as pinned'), config)
  expect(answer).toBe('done')
  expect(lockFile).toBe(wanted)
  expect(linked).toBe(true)
})

test('another provider in our mirror is refused, by what Terraform says of it', async () => {
  writeFileSync(provider, 'planted')
  const config = renderMirrorConfig(mirror, source)
  const { answer, lockFile, wanted, linked } = await prepare('planted', await hashOf('as pinned'), config)
  expect(answer).toBeInstanceOf(InitFailed)
  const said = (answer as InitFailed).report.errors.map(({ detail }) => detail).join()
  expect(said).toMatch(/doesn't match any\s+of the checksums/)
  expect(lockFile).toBe(wanted)
  expect(linked).toBe(false)
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
