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

const ask = (payload: string, environment: NodeJS.ProcessEnv = {}) =>
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
    ['cargo build --profile release'],
    ['aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRole'],
    ['grep -r "sts:AssumeRole" .'],
  ])('%s', (command) => expect(ask(shell(command)).status).toBe(0))

  test('reading a page about the rules', () =>
    expect(ask(call('fs_read', { path: '/home/kiro/.kiro/steering/aws.md' })).status).toBe(0))
  test.each([
    ['a trust policy', { path: 'role.json', file_text: '{"Action":"sts:AssumeRole"}' }],
    ['Terraform', { path: 'role.tf', file_text: 'assume_role_policy = data.aws_iam_policy_document.x.json' }],
    ['steering of a project', { path: '.kiro/steering/project.md', file_text: 'Use tabs.' }],
    ['a page about profiles', { path: 'README.md', file_text: 'aws --profile staging s3 ls' }],
  ])('writing %s', (_what, input) => expect(ask(call('fs_write', input)).status).toBe(0))
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
    ['env -u AWS_CONFIG_FILE aws s3 ls'],
    ['ec2-metadata --all'],
    ['echo credential_source=Ec2InstanceMetadata >/tmp/x'],
    ['aws sts get-session-token'],
    ['cat /x | aws s3 cp - s3://b --profile admin'],
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
    ['aws', { profile_name: ['kiro-readonly'] }],
    ['use_aws', { service_name: 'sts', operation_name: 'AssumeRole' }],
    ['write', { path: '.kiro/agents/readonly.json', file_text: '{}' }],
    ['fs_write', { path: '/home/kiro/.aws/config', file_text: '' }],
    ['fs_write', { path: '/tmp/x.sh', file_text: 'aws --profile kiro-elevated s3 ls' }],
    ['fs_read', { path: '/home/kiro/.aws/credentials' }],
    ['a tool of tomorrow', { anything: { deep: ['kiro-elevated'] } }],
  ])('%s %j', (tool, input) => expect(ask(call(tool, input)).status).toBe(2))

  test.each(
    [
      [''],
      ['{'],
      ['null'],
      ['[]'],
      ['{}'],
      ['{"tool_name":1,"tool_input":{}}'],
      ['{"tool_name":"shell","tool_input":"ls"}'],
      [`{"tool_name":"shell","tool_input":${'['.repeat(100_000)}`],
    ].map(([payload = '']) => ({ payload, shown: payload.slice(0, 40) })),
  )('what it cannot read: $shown', ({ payload }) => expect(ask(payload).status).toBe(2))

  test('everything where its program is missing, whatever PATH says', () => {
    const lonely = join(folder, 'lonely')
    writeFileSync(lonely, readFileSync(guard, 'utf8').replace('/usr/bin/python3', '/nowhere/python3'), {
      mode: 0o755,
    })
    const { status, stderr } = spawnSync(lonely, { input: shell('ls'), encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, expect.stringContaining('/nowhere/python3')])
  })

  test('in spite of a python3 and a BASH_ENV that say yes', () => {
    writeFileSync(join(folder, 'python3'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
    writeFileSync(join(folder, 'environment'), 'exit 0\n')
    const environment = { PATH: `${folder}:/usr/bin:/bin`, BASH_ENV: join(folder, 'environment') }
    expect(ask(shell('kiro-rw'), environment).status).toBe(2)
  })
})

describe('the command of the hook', () => {
  const agent = readFileSync(resolve(source, '../../../../../templates/agent-readonly.json.hbs'), 'utf8')
  const { command } = JSON.parse(agent).hooks.preToolUse[0]
  const run = (place: string) =>
    spawnSync('bash', ['-c', command.replace('/usr/local/lib/kiro-sandbox/guard', place)], {
      input: shell('ls'),
    }).status

  test('is 2 also where the guard itself is gone', () => expect(run('/nowhere/guard')).toBe(2))
  test('is 0 for what the guard lets through', () => expect(run(guard)).toBe(0))
})

test('it says why, for the model and the person', () => {
  expect(ask(shell('aws --profile kiro-elevated s3 ls')).stderr).toContain(
    'the elevated role is out of its reach',
  )
})
