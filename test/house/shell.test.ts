import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { renderUserData } from '../../stacks/synth.ts'
import { renderScript } from '../../userdata/render.ts'
import { inputs, sandboxSpec } from '../stacks/specs.ts'

const root = resolve(import.meta.dirname, '..', '..')

/** Scripts as git knows them, with and without the ending. */
const scripts = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.sh', '.ci/run'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter(Boolean)

const lint = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })

test('there are scripts to look at', () =>
  expect(scripts).toEqual(expect.arrayContaining(['.ci/run', 'userdata/user-data.sh'])))

test('shellcheck has nothing to say', () => expect(lint('shellcheck', ...scripts)).toBe(''))

test('shfmt would change nothing', () => expect(lint('shfmt', '-d', '-i', '2', '-ci', ...scripts)).toBe(''))

describe('values reach a script byte for byte', () => {
  test.each(["a'; echo pwned; '", '$&', '$(id)', '`id`', 'a\\b', '%{http_code} ${x}', 'ä ö'])(
    '%s',
    (value) => {
      const script = renderScript('# @inject: value\nprintf %s "$value"\n', { value })
      expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(value)
    },
  )

  test('a missing or an extra value is named', () => {
    expect(() => renderScript('# @inject: a b\n', { a: '1' })).toThrow('disagree on: b')
    expect(() => renderScript('# @inject: a\n', { a: '1', c: '2' })).toThrow('disagree on: c')
  })
})

test('the user data says on a stock image that there is nothing to set up', () => {
  const script = renderUserData(sandboxSpec, inputs)
  expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toContain('nothing to set up')
  expect(() =>
    execFileSync('bash', ['-c', script.replace(/^sandbox_user=.*$/m, 'sandbox_user=')], { stdio: 'pipe' }),
  ).toThrow()
})
