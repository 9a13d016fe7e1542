import { chmodSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findOnPath } from '../../scripts/setup/on-path.ts'
import { type Home, openHome } from './home.ts'

let home: Home
const launcher = () => home.at('.aws', 'kiro', 'bin', 'kiro-aws')
/** Stands for kiro-cli and the IDE: tells what it was started with. */
const stub = `#!/usr/bin/env bash
if [[ "$*" == 'agent list' ]]; then echo '* aws-readonly  elevated'; exit; fi
printf '%s\\n' "\${0##*/}" "$@"
env | grep -E '^(AWS_|KIRO_AGENT)' | sort
exit 42
`

beforeAll(() => {
  home = openHome()
  for (const shell of ['bash', 'zsh', 'fish'])
    expect(home.npm('laptop:setup', '--yes', '--shell', shell).code).toBe(0)
  home.write('bin/kiro-cli', stub, 0o755)
  home.write('bin/kiro', stub, 0o755)
})
afterAll(() => home.close())

const leaks = {
  AWS_PROFILE: 'prod-admin',
  AWS_DEFAULT_PROFILE: 'prod-admin',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'a\nAWS_FAKE=b',
  AWS_SESSION_TOKEN: 'x',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/',
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/admin',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/x',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  AWS_EC2_METADATA_DISABLED: 'false',
  AWS_CA_BUNDLE: '/etc/ssl/certs/ca-certificates.crt',
}
const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  home.run(launcher(), args, { PATH: `${home.at('bin')}:${process.env.PATH}`, ...leaks, ...env })

const isolated = () => [
  'AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt',
  `AWS_CONFIG_FILE=${home.at('.aws/kiro/config')}`,
  'AWS_EC2_METADATA_DISABLED=true',
  'AWS_PROFILE=kiro-readonly',
  `AWS_SHARED_CREDENTIALS_FILE=${home.at('.aws/kiro/credentials')}`,
]

describe('the launcher lets nothing of the terminal through and hands back the exit code', () => {
  test.each([
    [['hello world'], ['kiro-cli', 'chat', '--agent', 'aws-readonly', 'hello world']],
    [[], ['kiro-cli', 'chat', '--agent', 'aws-readonly']],
    [
      ['elevated', '$(id)', ''],
      ['kiro-cli', 'chat', '--agent', 'elevated', '$(id)', ''],
    ],
  ])('chat %j', (args, told) => {
    const { code, stdout } = start(args)
    expect(stdout.split('\n').slice(0, -1)).toEqual([...told, ...isolated(), 'KIRO_AGENT_ENGINE=v2'])
    expect(code).toBe(42)
  })

  test('the IDE and any command get the same', () => {
    expect(start(['ide', 'a b']).stdout.split('\n').slice(0, -1)).toEqual(['kiro', 'a b', ...isolated()])
    const { code, stdout } = start(['run', 'bash', '-c', 'env | grep ^AWS_ | sort; exit 7'])
    expect([code, stdout.split('\n').slice(0, -1)]).toEqual([7, isolated()])
  })

  test('a function that the terminal exported is no program', () => {
    const mine = { 'BASH_FUNC_kiro%%': '() { echo mine; }', 'BASH_FUNC_date%%': '() { echo mine; }' }
    expect(start(['ide'], mine).stdout).not.toContain('mine')
    expect(start(['run', 'bash', '-c', 'date'], mine).stdout).not.toContain('mine')
  })
})

describe('the launcher refuses', () => {
  test.each([
    [['--resume'], 2, '--resume could start another agent than aws-readonly'],
    [['elevated', '--agent=mine'], 2, '--agent=mine could start another agent than elevated'],
    [['run'], 2, 'run needs a command'],
  ])('%j', (args, code, sentence) => {
    expect(start(args)).toMatchObject({ code, stderr: expect.stringContaining(sentence) })
  })

  test('a folder whose agent would take the place of ours', () => {
    home.write('work/.kiro/agents/aws-readonly.json', '{}')
    home.write('work/deep/x', '')
    const { code, stderr } = start(['run', 'bash', '-c', `cd work/deep && exec "$0"`, launcher()])
    expect([code, stderr]).toEqual([3, expect.stringContaining('would replace the agent aws-readonly')])
    expect(start(['run', 'bash', '-c', `cd work/deep && exec "$0" elevated`, launcher()]).code).toBe(42)
  })

  test.each([
    ['lint.json', '{\n  "name":\n    "aws-readonly"\n}', 3],
    ['lint.md', '---\nname: aws-readonly\n---\n', 3],
    ['lint.json', '{"name": "lint", "prompt": "like aws-readonly"}', 42],
  ])('an agent of a folder by what its file says: %s %j', (name, text, code) => {
    home.write(`named/.kiro/agents/${name}`, text)
    const ended = start(['run', 'bash', '-c', `cd named && exec "$0"`, launcher()])
    rmSync(home.at('named'), { recursive: true })
    expect(ended.code).toBe(code)
  })

  test('an agent that kiro-cli does not know, and a kiro-cli that is not there', () => {
    home.write('empty/kiro-cli', '#!/bin/sh\n', 0o755)
    const path = `/usr/bin:/bin`
    expect(start([], { PATH: `${home.at('empty')}:${path}` })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('does not know the agent aws-readonly'),
    })
    expect(start([], { PATH: path })).toMatchObject({ code: 127 })
  })

  test('to work with a configuration that cannot be read', () => {
    home.run('mv', ['.aws/kiro/config', 'kept'])
    expect(start([])).toMatchObject({ code: 1, stderr: expect.stringContaining('laptop:setup writes them') })
    home.run('mv', ['kept', '.aws/kiro/config'])
    chmodSync(home.at('.aws/kiro/config'), 0o600)
  })
})

/** zsh and fish are for people who have them; setup brings neither. Bash is what everything here runs with. */
describe('a new terminal knows kiro-aws', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const program = findOnPath(shell, process.env) ?? ''
    test.skipIf(program === '' && shell !== 'bash')(shell, () => {
      expect(home.run(program, ['-i', '-c', 'kiro-aws help']).stdout).toContain('kiro-aws elevated')
    })
  }
})
