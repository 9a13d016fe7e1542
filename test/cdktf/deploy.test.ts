import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { GetRoleCommand, IAMClient, ListRolePoliciesCommand, UntagRoleCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { parseUserName } from '../../config/user-name.ts'
import { type Ended, openSession, readJson, root, type Session, stackFolder } from '../e2e/cli.ts'
import { expectSound, machinesOf, minutes } from '../e2e/sandbox-checks.ts'

const bin = join(root, 'scripts', 'cdktf', 'cdktf.mjs')
const alice = parseUserName('alice')
/** No machine and no golden image: what cdktf does with Terraform needs neither. */
const settings = { network: { endpoints: [] }, local: { machines: 'off' }, image: { use: 'stock' } }

let session: Session
/** As typed, without `local:env`: whoever types it has not led it anywhere. */
const cdktf = (args: readonly string[], env = session.env): Promise<Ended> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [bin, ...args], { env, cwd: root })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('error', fail)
    child.on('close', (code) => done({ code, stdout: stripVTControlCharacters(stdout), stderr }))
  })

beforeAll(async () => {
  session = openSession(settings)
  // Fetched into the state folder of the checkout, where the next test run finds it.
  expect((await cdktf(['--version'], process.env)).code).toBe(0)
  const tools = join(process.env.KIRO_SANDBOX_STATE ?? join(root, '.state'), 'tools')
  mkdirSync(join(session.state, 'tools'), { recursive: true })
  for (const name of readdirSync(tools).filter((one) => /^cdktf-cli-.+-[0-9a-f]{8}$/.test(one)))
    symlinkSync(join(tools, name), join(session.state, 'tools', name))
  expect((await session.run('sandbox:up', '--user', 'alice')).code).toBe(0)
}, 10 * minutes)
afterAll(() => session.close(), 2 * minutes)

const output = () => ['--output', join(session.state, 'cdktf.out')]

describe.sequential('cdktf, on the stacks and states of our commands', { timeout: 5 * minutes }, () => {
  test('lists the network and the sandbox', async () => {
    const { code, stdout } = await cdktf(['list', ...output()])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^network\s/m)
    expect(stdout).toMatch(/^sandbox-alice\s/m)
  })

  test('diff finds nothing where sandbox:up has just been, and what was changed by hand', async () => {
    const { code, stdout } = await cdktf(['diff', 'sandbox-alice', ...output()])
    expect({ code, same: stdout.includes('No changes') }, stdout).toEqual({ code: 0, same: true })
    const iam = new IAMClient(await session.sdkConfig())
    const RoleName = names.readonlyRole(alice)
    await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['kiro:owner'] }))
    const changed = await cdktf(['diff', 'sandbox-alice', ...output()])
    expect(changed.stdout).toMatch(/Plan: 0 to add, 1 to change, 0 to destroy/)
  })

  test('deploy puts it right, and sandbox:up takes that for what it is', async () => {
    const { code, stdout } = await cdktf(['deploy', 'sandbox-alice', '--auto-approve', ...output()])
    expect({ code }, stdout).toEqual({ code: 0 })
    const iam = new IAMClient(await session.sdkConfig())
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: names.readonlyRole(alice) }))
    expect(Role?.Tags).toContainEqual({ Key: 'kiro:owner', Value: 'alice' })
    await expectSound(session, 'alice')
    const before = (await machinesOf(session, 'alice'))[0]?.instanceId
    expect((await session.run('sandbox:up', '--user', 'alice')).code).toBe(0)
    expect((await machinesOf(session, 'alice'))[0]?.instanceId).toBe(before)
  })

  test('destroy leaves nothing of it, deploy makes it from nothing, and our commands go on with it', async () => {
    const gone = await cdktf(['destroy', 'sandbox-alice', '--auto-approve', ...output()])
    expect({ code: gone.code }, gone.stdout).toEqual({ code: 0 })
    expect(await machinesOf(session, 'alice')).toEqual([])
    const iam = new IAMClient(await session.sdkConfig())
    await expect(
      iam.send(new ListRolePoliciesCommand({ RoleName: names.ec2Role(alice) })),
    ).rejects.toMatchObject({ name: expect.stringMatching(/^NoSuchEntity/) })
    const made = await cdktf(['deploy', 'sandbox-alice', '--auto-approve', ...output()])
    expect({ code: made.code }, made.stdout).toEqual({ code: 0 })
    await expectSound(session, 'alice')
    expect((await session.run('sandbox:up', '--user', 'alice')).code).toBe(0)
    expect(await machinesOf(session, 'alice')).toHaveLength(1)
  })
})

describe.sequential('npm run synth', { timeout: 5 * minutes }, () => {
  test('writes folders that Terraform runs alone, and finds nothing to change in them', async () => {
    const out = join(session.state, 'plain')
    const { code, stdout } = await session.run('synth', '--out', out)
    expect({ code, folders: stdout.trim().split('\n') }).toEqual({
      code: 0,
      folders: [join(out, 'network'), join(out, 'sandbox-alice')],
    })
    for (const stack of ['network', 'sandbox-alice']) {
      const folder = join(out, stack)
      expect(readJson(join(folder, 'cdk.tf.json'))).toEqual(
        readJson(join(stackFolder(session, stack), 'cdk.tf.json')),
      )
      // Where setup found the provider; a machine with the registry needs no such file.
      const config = join(session.state, 'tools', 'terraform.tfrc')
      const where = existsSync(config) ? [`TF_CLI_CONFIG_FILE=${config}`] : []
      const run = (...args: string[]) => session.exec('env', [...where, 'terraform', ...args], folder)
      const init = await run('init', '-input=false', '-no-color', '-lockfile=readonly')
      expect({ code: init.code }, init.stderr).toEqual({ code: 0 })
      expect((await run('validate', '-no-color')).code).toBe(0)
      const plan = await run('plan', '-input=false', '-no-color', '-detailed-exitcode')
      expect({ code: plan.code }, plan.stdout + plan.stderr).toEqual({ code: 0 })
    }
  })

  test('refuses a folder in which Terraform would read somebody else’s files', async () => {
    const out = join(session.state, 'foreign')
    mkdirSync(join(out, 'network'), { recursive: true })
    writeFileSync(join(out, 'network', 'mine.tf'), '')
    const { code, stderr } = await session.run('synth', '--out', out)
    expect(code).toBe(1)
    expect(stderr).toMatch(/holds mine\.tf, which Terraform would read as well/)
  })

  test('of a sandbox without a network says what comes first', async () => {
    const file = join(session.state, 'elsewhere.json')
    writeFileSync(file, JSON.stringify({ ...settings, region: 'eu-west-1' }))
    const asked = await session.run('synth', '--user', 'bob', '--config', file)
    expect(asked.code).toBe(1)
    expect(asked.stderr).toMatch(/there is no network yet.*\n.*sandbox:up -- --user bob/)
  })
})
