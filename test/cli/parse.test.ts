import { describe, expect, test } from 'vitest'
import { UserError } from '../../config/user-error.ts'
import { common, defineCommand } from '../../scripts/cli/command.ts'
import { renderHelp } from '../../scripts/cli/help.ts'
import { parseCommandLine } from '../../scripts/cli/parse.ts'

const command = defineCommand({
  name: 'sandbox:up',
  summary: 'make a sandbox',
  flags: {
    user: common.user,
    target: common.target,
    'keep-network': { type: 'boolean', about: 'keep it' },
    json: common.json,
  },
  examples: ['npm run sandbox:up -- --user alice'],
  run: async () => 0,
})

const parse = (argv: string[], env: NodeJS.ProcessEnv = {}) => parseCommandLine(command, argv, env)

const refusal = (argv: string[], env: NodeJS.ProcessEnv = {}): UserError => {
  try {
    parse(argv, env)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error(`taken: ${argv.join(' ')}`)
}

describe('what is declared is taken', () => {
  test.each([
    [['--user', 'alice'], { user: ['alice'] }],
    [['--user=alice', '--user', 'bob'], { user: ['alice', 'bob'] }],
    [['--target', 'aws'], { target: 'aws' }],
    [['--keep-network', '--json'], { 'keep-network': true, json: true }],
    [[], {}],
  ])('%j', (argv, expected) => {
    const none = { user: [], target: undefined, 'keep-network': false, json: false }
    expect(parse(argv)).toEqual({ help: false, values: { ...none, ...expected } })
  })

  test.each([['--help'], ['-h'], ['--user', 'alice', '--help']])('%j asks for help', (...argv) => {
    expect(parse(argv)).toEqual({ help: true })
  })
})

describe('what is not declared is refused with exit code 2 and a hint', () => {
  test.each([
    [['--usr', 'alice'], 'unknown option --usr', 'did you mean --user?'],
    [['--jsn'], 'unknown option --jsn', 'did you mean --json?'],
    [['--keepnetwork'], 'unknown option --keepnetwork', '--keep-network'],
    [['--frobnicate'], 'unknown option --frobnicate', '--help'],
    [['-u', 'alice'], 'unknown option -u', '--help'],
    [['--user'], '--user needs a value', '--user <name>'],
    [['--user='], '--user needs a value', '--user <name>'],
    [['--user', '--json'], '--user needs a value', '--user <name>'],
    [['--json=yes'], '--json takes no value', '--help'],
    [['--target', 'production'], '"production" is not one of local, aws', '--help'],
    [['--target', 'aws', '--target', 'local'], '--target is given twice', '--help'],
    [['alice'], 'unexpected argument "alice"', '--help'],
    [['--constructor'], 'unknown option --constructor', '--help'],
  ])('%j', (argv, message, hint) => {
    const error = refusal(argv)
    expect(error.exitCode).toBe(2)
    expect(error.message).toContain(message)
    expect(error.hint).toContain(hint)
  })
})

describe('the forgotten -- of npm is explained', () => {
  test.each([
    [['alice'], { npm_config_user: 'true' }, 'npm run sandbox:up -- --user alice'],
    [[], { npm_config_user: 'alice' }, 'npm run sandbox:up -- --user alice'],
    [[], { npm_config_keep_network: 'true' }, 'npm run sandbox:up -- --keep-network'],
  ])('%j with %j', (argv, env, hint) =>
    expect(refusal(argv, env).hint).toContain(`put -- before the options: ${hint}`),
  )
})

describe('words', () => {
  const diff = defineCommand({
    name: 'image:diff',
    summary: 'compare',
    words: { a: { about: 'an image' }, b: { about: 'another image', optional: true } },
    flags: { region: { type: 'string', value: 'name', about: 'where' }, json: common.json },
    examples: ['npm run image:diff -- ami-1 ami-2'],
    run: async () => 0,
  })
  const read = (argv: string[], env: NodeJS.ProcessEnv = {}) => parseCommandLine(diff, argv, env)

  test.each([
    [['x'], { a: 'x', b: undefined }],
    [['x', 'y'], { a: 'x', b: 'y' }],
    [['--json', 'x', '--region', 'r', 'y'], { a: 'x', b: 'y', json: true, region: 'r' }],
    [['--', '-x'], { a: '-x', b: undefined }],
  ])('%j', (argv, expected) =>
    expect(read(argv)).toEqual({ help: false, values: { json: false, region: undefined, ...expected } }),
  )

  test.each([
    [[], {}, '<a> is missing: an image', 'npm run image:diff -- <a> [b]'],
    [['x', 'y', 'z'], {}, 'unexpected argument "z"', '--help'],
    [['x', ''], {}, '<b> is empty', '--help'],
    [
      ['x', 'us-east-1'],
      { npm_config_region: 'true' },
      'npm kept --region for itself',
      'npm run image:diff -- --region us-east-1',
    ],
  ])('%j with %j is refused', (argv, env, message, hint) => {
    expect(() => read(argv as string[], env)).toThrow(message)
    try {
      read(argv as string[], env)
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 2, hint: expect.stringContaining(hint) })
    }
  })

  test('stand in the help above the options', () =>
    expect(renderHelp(diff)).toContain(
      'arguments\n  <a>               an image\n  [b]               another image\n\noptions\n',
    ))
})

test('the help screen shows every option and an example', () => {
  expect(renderHelp(command)).toMatchInlineSnapshot(`
    "sandbox:up: make a sandbox

    options
      --user <name>      the engineer; may be repeated
      --target <where>   local (embedded, default) or aws
      --keep-network     keep it
      --json             print the answer as JSON on stdout
      --help             this page

    examples
      npm run sandbox:up -- --user alice"
  `)
})
