import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pins } from '../../config/pins.ts'
import { askProgram } from '../../scripts/setup/ask-program.ts'
import {
  explainInitFailure,
  hasProviderInstallation,
  renderDirectConfig,
  renderMirrorConfig,
} from '../../scripts/setup/cli-config.ts'
import { planMirrorCandidates } from '../../scripts/setup/mirror-candidates.ts'
import { searchMirrors } from '../../scripts/setup/mirror-search.ts'
import { findOnPath } from '../../scripts/setup/on-path.ts'
import { planReleasePlatform } from '../../scripts/setup/terraform.ts'
import { createMachine } from './fixture.ts'

const { source, version } = pins.awsProvider
const terraform = findOnPath('terraform', process.env)
const provider = { ...pins.awsProvider, platform: planReleasePlatform(process) }
const roots = planMirrorCandidates({}, '/nowhere', process.platform).filter(({ kind }) => kind === 'search')
const mirror = searchMirrors(roots as never, provider)?.mirror
const missing = (tool: unknown) => tool === undefined && !process.env.CI

const init = async (config: string) => {
  const folder = createMachine().folder('project')
  const file = join(folder, 'our.tfrc')
  writeFileSync(file, config)
  const required = { aws: { source: 'hashicorp/aws', version } }
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: required } }))
  const env = { ...process.env, TF_CLI_CONFIG_FILE: file, CHECKPOINT_DISABLE: '1' }
  return askProgram(terraform ?? 'terraform', ['init', '-no-color', '-input=false'], { env, cwd: folder })
}

test.skipIf(missing(mirror))('Terraform takes the provider from the mirror we name', async () => {
  const reply = await init(renderMirrorConfig(mirror ?? '', source))
  expect(reply.stderr).toBe('')
  expect(reply.stdout).toContain(`Installed hashicorp/aws v${version}`)
})

test.skipIf(missing(terraform))('Terraform reads every character of a path as it is', async () => {
  const strange = 'a "b" \\c ${d %{e} $f é #g'
  const path = join(createMachine().root, strange)
  mkdirSync(path)
  const reply = await init(renderMirrorConfig(path, source))
  expect(reply.stderr).toContain(`- ${path}\n`)
})

test.skipIf(missing(terraform))(
  'a provider that is nowhere becomes an error that says what to do',
  async () => {
    const reply = await init(renderMirrorConfig(createMachine().folder('empty'), source))
    expect(explainInitFailure(reply.stderr, pins.awsProvider)).toMatchObject({
      message: `Terraform could not get the provider ${source} ${version}`,
      hint: expect.stringContaining('TERRAFORM_PROVIDER_MIRROR='),
    })
  },
)

test('a registry that cannot be reached is told with its reason', () => {
  const stderr = `Error: Failed to query available provider packages

Could not retrieve the list of available versions for provider hashicorp/aws:
could not connect to registry.terraform.io: failed to request discovery
document: Get "https://registry.terraform.io/.well-known/terraform.json":
dial tcp: lookup registry.terraform.io on 192.0.2.1:53: no such host
`
  expect(explainInitFailure(stderr, pins.awsProvider)?.message).toContain('no such host')
})

test('other failures of init are not explained away', () => {
  expect(
    explainInitFailure(
      'Error: Failed to get existing workspaces: S3 bucket does not exist',
      pins.awsProvider,
    ),
  ).toBeUndefined()
})

test('a state folder that Terraform cannot write down is refused', () => {
  expect(() => renderDirectConfig('/home/a$b/.state')).toThrow('/home/a$b/.state')
})

test.each([
  ['provider_installation {', true],
  ['  provider_installation{\n direct {} }', true],
  ['{"provider_installation": {}}', true],
  ['plugin_cache_dir = "/*" provider_installation { }', true],
  ['# provider_installation {', false],
  ['// provider_installation {', false],
  ['/* \n provider_installation { */', false],
  ['host "a" { services = { x = "provider_installation" } }', false],
  ['', false],
])('%j says where providers come from: %s', (text, says) => {
  expect(hasProviderInstallation(text)).toBe(says)
})
