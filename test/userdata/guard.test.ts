import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const source = resolve(import.meta.dirname, '../../userdata/rootfs/usr/local/lib/kiro-sandbox')
const folder = mkdtempSync(join(tmpdir(), 'kiro-guard-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
/** The guard itself, with the place of its program changed to the checkout's. */
const guard = join(folder, 'guard')
writeFileSync(
  guard,
  readFileSync(join(source, 'guard'), 'utf8').replace(
    '/usr/local/lib/kiro-sandbox/guard.py',
    join(source, 'guard.py'),
  ),
  { mode: 0o755 },
)

const ask = (payload: string, environment: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin' }) =>
  spawnSync(guard, { input: payload, env: environment, encoding: 'utf8' })
const shell = (command: string) =>
  JSON.stringify({
    hook_event_name: 'preToolUse',
    cwd: '/',
    tool_name: 'execute_bash',
    tool_input: { command },
  })
const call = (tool_name: string, tool_input: object) => JSON.stringify({ tool_name, tool_input })

describe('lets through', () => {
  test.each([
    ['ls -la'],
    ['aws s3 ls'],
    ['aws --profile kiro-readonly ec2 describe-instances'],
    ['AWS_PROFILE=kiro-readonly aws sts get-caller-identity'],
    ['aws configure list-profiles'],
    ['git commit -m "raise the limit"'],
    ['terraform plan'],
  ])('%s', (command) => expect(ask(shell(command)).status).toBe(0))

  test('reading a page about the rules', () =>
    expect(ask(call('fs_read', { path: '/home/kiro/.kiro/steering/aws.md' })).status).toBe(0))
  test('the AWS tool with the readonly profile', () =>
    expect(ask(call('use_aws', { service_name: 's3', profile_name: 'kiro-readonly' })).status).toBe(0))
})

describe('refuses with 2', () => {
  test.each([
    ['aws --profile kiro-elevated s3 ls'],
    ['aws --profile=kiro-elevated s3 ls'],
    ['AWS_PROFILE=kiro-elevated aws s3 ls'],
    ['export AWS_DEFAULT_PROFILE=kiro-elevated'],
    ['aws --profile kiro"-"elevated s3 ls'],
    ['aws --profile ki\\ro-elevated s3 ls'],
    ['aws --profile other s3 ls'],
    ['aws sts assume-role --role-arn x --role-session-name y'],
    ['python3 -c \'boto3.client("sts").assume_role()\''],
    ['curl http://169.254.169.254/latest/api/token'],
    ['aws configure set region x'],
    ['echo "[profile x]" >> ~/.aws/config'],
    ['AWS_CONFIG_FILE=/tmp/x aws s3 ls'],
    ['AWS_ACCESS_KEY_ID=x aws s3 ls'],
    ['kiro-rw'],
    ['kiro-sandbox chat elevated'],
    ['rm ~/.kiro/agents/readonly.json'],
    ['cat ~/.local/share/kiro-cli/data.sqlite3'],
  ])('%s', (command) => expect(ask(shell(command)).status).toBe(2))

  test.each([
    ['shell', { command: 'aws --profile kiro-elevated s3 ls' }],
    ['@builtin/execute_bash', { command: 'aws --profile kiro-elevated s3 ls' }],
    ['use_aws', { service_name: 's3', profile_name: 'kiro-elevated' }],
    ['aws', { profile_name: 'admin' }],
    ['fs_write', { path: '/home/kiro/.aws/config', file_text: '' }],
    ['fs_write', { path: '/tmp/x.sh', file_text: 'aws --profile kiro-elevated s3 ls' }],
    ['fs_read', { path: '/home/kiro/.aws/credentials' }],
    ['a tool of tomorrow', { anything: { deep: ['kiro-elevated'] } }],
  ])('%s %j', (tool, input) => expect(ask(call(tool, input)).status).toBe(2))

  test.each([
    [''],
    ['{'],
    ['null'],
    ['[]'],
    ['{}'],
    ['{"tool_name":1,"tool_input":{}}'],
    ['{"tool_name":"shell","tool_input":"ls"}'],
    [`{"tool_name":"shell","tool_input":${'['.repeat(100_000)}`],
  ])('what it cannot read: %.40s', (payload) => expect(ask(payload).status).toBe(2))

  test('everything where there is no python3', () => {
    const { status, stderr } = ask(shell('ls'), { PATH: folder })
    expect(status).not.toBe(0)
    expect(stderr).not.toBe('')
  })
})

test('it says why, for the model and the person', () => {
  expect(ask(shell('aws --profile kiro-elevated s3 ls')).stderr).toContain(
    'the elevated role is out of its reach',
  )
})
