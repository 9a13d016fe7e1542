import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localAccountId } from '../../config/pins.ts'
import { planNetworkSpec } from '../../config/plan-specs.ts'
import { defaultSettings } from '../../config/settings.ts'
import { renderNetwork } from '../../stacks/synth.ts'
import { type Ended, readJson, root } from '../e2e/cli.ts'

const bin = join(root, 'scripts', 'cdktf', 'cdktf.mjs')
const minutes = 60_000

const run = (args: readonly string[], env: NodeJS.ProcessEnv, program = bin): Promise<Ended> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: tmpdir(),
      env: { ...process.env, KIRO_SANDBOX_CONFIG: '/nonexistent', ...env },
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('error', fail)
    child.on('close', (code) => done({ code, stdout, stderr }))
  })

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'kiro-cdktf-'))

describe('the real cdktf, fetched when first asked for', () => {
  const state = newFolder()
  const tools = join(process.env.KIRO_SANDBOX_STATE ?? join(root, '.state'), 'tools')
  const output = join(state, 'cdktf.out')

  // Fetched into the state folder of the checkout, where the next test run finds it; the rest happens elsewhere.
  beforeAll(async () => {
    const { code, stdout, stderr } = await run(['--version'], {})
    expect({ code, version: stdout.trim().split('\n').at(-1) }, stderr).toEqual({
      code: 0,
      version: '0.20.12',
    })
    mkdirSync(join(state, 'tools'))
    for (const name of readdirSync(tools).filter((one) => /^cdktf-cli-.+-[0-9a-f]{8}$/.test(one)))
      symlinkSync(join(tools, name), join(state, 'tools', name))
  }, 10 * minutes)
  afterAll(() => rmSync(state, { recursive: true, force: true }))

  test('list names the stacks of this checkout', { timeout: 3 * minutes }, async () => {
    const { code, stdout, stderr } = await run(['list', '--output', output], { KIRO_SANDBOX_STATE: state })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^network\s/m)
  })

  test('synth writes the very JSON that our own commands give to Terraform', {
    timeout: 3 * minutes,
  }, async () => {
    const { code } = await run(['synth', '--output', output], { KIRO_SANDBOX_STATE: state })
    expect(code).toBe(0)
    const ours = JSON.parse(renderNetwork(planNetworkSpec(defaultSettings(), localAccountId)))
    expect(readJson(join(output, 'stacks', 'network', 'cdk.tf.json'))).toEqual(ours)
  })

  test('a variable that names a missing CLI configuration disturbs nothing', {
    timeout: 3 * minutes,
  }, async () => {
    const env = { KIRO_SANDBOX_STATE: state, TF_CLI_CONFIG_FILE: join(state, 'missing.tfrc') }
    const { code, stderr } = await run(['list', '--output', output], env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('the exit code of cdktf is ours', { timeout: 3 * minutes }, async () => {
    const args = ['synth', '--output', output, '--app', 'exit 7']
    const { code } = await run(args, { KIRO_SANDBOX_STATE: state })
    expect(code).toBe(1)
  })
})

describe('an installation that fails', () => {
  const state = newFolder()
  const checkout = newFolder()
  afterAll(() => {
    for (const folder of [state, checkout]) rmSync(folder, { recursive: true, force: true })
  })

  test('says so, passes npm’s words on and leaves nothing half done', { timeout: 3 * minutes }, async () => {
    cpSync(join(root, 'scripts', 'cdktf'), join(checkout, 'scripts', 'cdktf'), { recursive: true })
    writeFileSync(join(checkout, 'scripts', 'cdktf', 'cli', 'package-lock.json'), '{}')
    const { code, stderr } = await run(
      ['list'],
      { KIRO_SANDBOX_STATE: state },
      join(checkout, 'scripts', 'cdktf', 'cdktf.mjs'),
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/cdktf-cli is not installed yet: .*460 MB/)
    expect(stderr).toContain('npm ci ended with exit code 1')
    expect(readdirSync(join(state, 'tools'))).toEqual([])
  })
})
