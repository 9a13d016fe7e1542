import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { pins } from '../../config/pins.ts'
import { UserError } from '../../config/user-error.ts'
import { findOnPath } from '../../scripts/setup/on-path.ts'
import {
  findTerraform,
  installTerraform,
  planReleasePlatform,
  planTerraformUrl,
} from '../../scripts/setup/terraform.ts'
import { createMachine, serve, terraformOf } from './fixture.ts'

const platform = planReleasePlatform(process)
const archive = zipSync({
  'LICENSE.txt': strToU8('a licence'),
  terraform: strToU8(`#!/bin/sh\n${terraformOf('1.11.4')}\n`),
})
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const release = (digest: string) => ({ ...pins.terraform, sha256: { [platform]: digest } })

const install = async (
  body: Uint8Array,
  options: { status?: number; digest?: string; cut?: boolean } = {},
) => {
  const machine = createMachine()
  const asked: string[] = []
  const url = await serve((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(options.status ?? 200, { 'content-length': body.length })
    if (options.cut === true) response.write(body.subarray(0, 20), () => response.destroy())
    else response.end(body)
  })
  const place = machine.place({ env: { ...machine.env, KIRO_SANDBOX_TERRAFORM_URL: `${url}/tf/` } })
  const result = await installTerraform(place, release(options.digest ?? sha256(body)), () => {}).catch(
    (error) => error,
  )
  return {
    machine,
    place,
    asked,
    result,
    left: existsSync(place.paths.tools) ? readdirSync(place.paths.tools) : [],
  }
}

test('a download with the pinned checksum becomes an executable that is found next time', async () => {
  const { place, asked, result, left } = await install(archive)
  expect(asked).toEqual([`/tf/1.11.4/terraform_1.11.4_${platform}.zip`])
  expect(left).toEqual(['terraform-1.11.4'])
  expect(statSync(result.path).mode & 0o777).toBe(0o755)
  expect(await findTerraform(place, pins.terraform)).toMatchObject({
    path: result.path,
    version: '1.11.4',
    origin: 'ours',
  })
})

test.each([
  ['another checksum', archive, { digest: 'f'.repeat(64) }, /sha256 is [0-9a-f]{64}, expected f{64}/],
  ['a body cut short', archive, { cut: true }, /could not download http:.*(terminated|closed|RESET|SOCKET)/],
  ['404', new Uint8Array(), { status: 404 }, /HTTP 404/],
  ['an archive without terraform', zipSync({ readme: strToU8('x') }), {}, /holds no file named terraform/],
])('%s is a UserError and leaves nothing behind', async (_name, body, options, message) => {
  const { result, left } = await install(body, options)
  expect(result).toBeInstanceOf(UserError)
  expect(result.message).toMatch(message)
  expect(left).toEqual([])
})

test('an interrupted download leaves nothing behind and ends with the reason of the interrupt', async () => {
  const machine = createMachine()
  const controller = new AbortController()
  const url = await serve((_request, response) => {
    response.write('the beginning', () => controller.abort(new UserError('interrupted', { exitCode: 130 })))
  })
  const env = { ...machine.env, KIRO_SANDBOX_TERRAFORM_URL: url }
  const installing = installTerraform(
    machine.place({ env, signal: controller.signal }),
    release('0'.repeat(64)),
    () => {},
  )
  await expect(installing).rejects.toMatchObject({ message: 'interrupted', exitCode: 130 })
  expect(readdirSync(machine.paths.tools)).toEqual([])
})

test('nobody listening is a UserError that says how to name a mirror', async () => {
  const machine = createMachine()
  const env = { ...machine.env, KIRO_SANDBOX_TERRAFORM_URL: 'http://127.0.0.1:1' }
  await expect(
    installTerraform(machine.place({ env }), release('0'.repeat(64)), () => {}),
  ).rejects.toMatchObject({
    name: 'UserError',
    hint: expect.stringContaining('KIRO_SANDBOX_TERRAFORM_URL='),
  })
})

test('a draft of a run that was killed is swept by the next one', async () => {
  const machine = createMachine()
  machine.folder(`state/tools/.draft-999999999-abc`)
  const url = await serve((_request, response) => void response.end(archive))
  const env = { ...machine.env, KIRO_SANDBOX_TERRAFORM_URL: url }
  await installTerraform(machine.place({ env }), release(sha256(archive)), () => {})
  expect(readdirSync(machine.paths.tools)).toEqual(['terraform-1.11.4'])
})

test('without a private mirror the URL is the one of HashiCorp', () => {
  expect(planTerraformUrl(pins.terraform, 'linux_arm64')).toBe(
    'https://releases.hashicorp.com/terraform/1.11.4/terraform_1.11.4_linux_arm64.zip',
  )
})

test.each([
  ['a version we accept', terraformOf('1.12.1'), '1.12.1'],
  ['a version that is too old', terraformOf('1.9.8'), undefined],
  ['a wrapper that prints something else', 'echo "No version is set"', undefined],
  ['a program that fails', `${terraformOf('1.12.1')}; exit 1`, undefined],
])('%s on PATH', async (_name, body, version) => {
  const machine = createMachine()
  machine.program('terraform', body)
  expect((await findTerraform(machine.place(), pins.terraform))?.version).toBe(version)
})

test('an old Terraform does not hide a good one further down PATH', async () => {
  const machine = createMachine()
  machine.program('terraform', terraformOf('1.5.7'))
  const good = machine.program('terraform', terraformOf('1.11.4'), machine.folder('later'))
  const env = { ...machine.env, PATH: `${machine.bin}:${join(machine.root, 'later')}` }
  expect((await findTerraform(machine.place({ env }), pins.terraform))?.path).toBe(good)
})

const real = findOnPath('terraform', process.env)
test.skipIf(real === undefined && !process.env.CI)(
  'a real Terraform is found although TF_CLI_CONFIG_FILE names no file',
  async () => {
    const env = { ...process.env, TF_CLI_CONFIG_FILE: '/nowhere/terraformrc' }
    expect(await findTerraform(createMachine().place({ env }), pins.terraform)).toMatchObject({ path: real })
  },
)
