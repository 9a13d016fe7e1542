import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { planLocalEnvironment, renderExports } from '../../../local/control/environment.ts'
import { root, waitUntil } from './fixture.ts'

// The commands as a person types them, through scripts/launch.mjs and its bundle.
let state: string
const environment = () => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  KIRO_SANDBOX_STATE: state,
  KIRO_SANDBOX_BASE: process.env.KIRO_SANDBOX_BASE ?? '',
  NO_COLOR: '1',
})

const runProgram = (program: string, args: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    const child = execFile(program, args, { cwd: root, env: environment() }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
    )
    child.stdin?.end()
  })
const run = (...args: string[]) => runProgram(process.execPath, ['scripts/launch.mjs', ...args])

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'graviton-commands-'))
})
afterAll(async () => {
  await run('local:reset', '--yes')
  rmSync(state, { recursive: true, force: true })
})

describe('from nothing to nothing', () => {
  test('status says that nothing runs, and so do the logs', async () => {
    expect(await run('local:status')).toMatchObject({ code: 3, out: 'not running\n' })
    expect(await run('local:status', '--json')).toMatchObject({ code: 3, out: '{"running":false}\n' })
    expect(await run('local:logs')).toMatchObject({ code: 0, out: '', err: 'nothing yet\n' })
  })

  test('eval "$(npm run -s local:env)" is all that the AWS CLI needs', async () => {
    const script =
      'eval "$(node scripts/launch.mjs local:env)" && aws sts get-caller-identity --query Account --output text'
    const { code, out } = await runProgram('sh', ['-euc', script])
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d{12}\n$/)])
  })

  test('up prints the endpoint, alone on stdout', async () => {
    expect(await run('local:up')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\n$/),
    })
    expect(JSON.parse((await run('local:up', '--json')).out)).toMatchObject({
      started: false,
      endpoint: expect.any(String),
    })
  })

  test('status shows it; no secret does', async () => {
    const { code, out } = await run('local:status', '--json')
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ running: true, state: 'ready', moto: '5.2.1', calls: expect.any(Number) }),
    ])
    expect(out).not.toMatch(/secret|token/i)
    expect((await run('local:status')).out).toMatch(/^state\s+ready\nendpoint\s+http/)
  })

  test('logs show the calls as lines; --errors only what went wrong; --json all of it', async () => {
    expect((await run('local:logs')).out).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} {2}200 {2}sts:GetCallerIdentity {2}user\/\S+ {2}[\d.]+ms\n$/,
    )
    expect(await run('local:logs', '--errors')).toMatchObject({
      out: '',
      err: 'no call was refused or failed\n',
    })
    expect(JSON.parse((await run('local:logs', '--json')).out)).toMatchObject({
      operation: 'GetCallerIdentity',
      status: 200,
    })
    expect((await run('local:logs', '--raw')).out).toMatch(/listening on 127\.0\.0\.1/)
    expect(await run('local:logs', '--lines', 'many')).toMatchObject({
      code: 2,
      err: expect.stringContaining('"many"'),
    })
  })

  test('logs --follow shows a call that comes later, and ends with Ctrl-C', async () => {
    const child = spawn(process.execPath, ['scripts/launch.mjs', 'local:logs', '--follow', '--errors'], {
      cwd: root,
      env: environment(),
    })
    let out = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    await run('local:status')
    const { endpoint } = JSON.parse((await run('local:up', '--json')).out)
    await fetch(`${endpoint}/anonymous/key`)
    await waitUntil(() => out.includes('s3:GetObject'))
    child.kill('SIGINT')
    await ended
    expect(out).toMatch(/403 {2}s3:GetObject {2}- {2}[\d.]+ms {2}AccessDenied\n$/)
  })

  test('reset needs --yes where nobody can be asked', async () => {
    expect(await run('local:reset')).toMatchObject({
      code: 2,
      err: expect.stringContaining('npm run local:reset -- --yes'),
    })
    expect((await run('local:status')).code).toBe(0)
    expect((await run('local:reset', '--yes')).code).toBe(0)
    expect((await run('local:status')).code).toBe(3)
    expect(await run('local:down')).toMatchObject({ code: 0, err: 'it was not running\n' })
  })
})

test('what is exported survives quotes, and a proxy of the company is gone around', () => {
  const target = {
    endpoint: 'http://127.0.0.1:1',
    accountId: '1',
    accessKeyId: 'A',
    secretAccessKey: "a'b $c",
    pid: 1,
    started: false,
  }
  const plan = planLocalEnvironment(target, 'eu-west-1', { HTTPS_PROXY: 'x' })
  expect(plan.set).toMatchObject({
    AWS_ENDPOINT_URL: target.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  })
  expect(plan.set).not.toHaveProperty('NO_PROXY')
  expect(planLocalEnvironment(target, 'r', { http_proxy: 'http://p', no_proxy: 'a,b' }).set).toMatchObject({
    NO_PROXY: 'a,b,127.0.0.1',
    no_proxy: 'a,b,127.0.0.1',
  })
  expect(plan.unset).toContain('AWS_PROFILE')
  expect(renderExports(plan)).toContain("export AWS_SECRET_ACCESS_KEY='a'\\''b $c'")
})
