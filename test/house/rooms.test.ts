import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')

/** What each room may import of the others. Dependencies point down only. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  config: [],
  iam: ['config'],
  protocol: ['config'],
  home: [],
  userdata: ['config'],
  stacks: ['userdata', 'iam', 'config'],
  images: ['userdata', 'iam', 'config'],
  connect: ['protocol', 'home', 'config'],
  laptop: ['userdata', 'home', 'config'],
  local: ['iam', 'protocol', 'config'],
  scripts: [
    'config',
    'iam',
    'protocol',
    'home',
    'userdata',
    'stacks',
    'images',
    'connect',
    'laptop',
    'local',
  ],
}

/** Packages that only one room may know. */
const forbidden: Readonly<Record<string, readonly RegExp[]>> = {
  config: [/^zx/, /^cdktf/, /^@aws-sdk/, /^@cdktf/, /^node:(fs|child_process|net|http)/],
  iam: [/^zx/, /^cdktf/, /^@aws-sdk/, /^@cdktf/, /^node:(fs|child_process|net|http)/, /simulate/],
  protocol: [/^zx/, /^cdktf/, /^@aws-sdk/, /^@cdktf/, /^node:(fs|child_process|net|http)/],
  userdata: [/^zx/, /^cdktf/, /^@aws-sdk/, /^@cdktf/],
  stacks: [/^zx/, /^@aws-sdk/, /^@cdktf\/provider-aws$/],
  images: [/^cdktf/, /^@cdktf/],
  connect: [/^zx/, /^cdktf/, /^@cdktf/],
  home: [/^zx/, /^cdktf/, /^@aws-sdk/, /^@cdktf/],
  laptop: [/^zx/, /^cdktf/, /^@aws-sdk/, /^@cdktf/, /^node:(fs|child_process|net|http)/],
  local: [/^cdktf/, /^@cdktf/],
  scripts: [/^@cdktf/, /^cdktf/, /simulate/],
}

interface Import {
  readonly file: string
  readonly room: string
  readonly target: string
}

const importPattern = /(?:from|import)\s*\(?\s*'([^']+)'/g

/** Rooms that later steps fill are not there yet. */
const filesOf = (folder: string): string[] =>
  (existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    : []
  )
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))

const imports: Import[] = Object.keys(allowed).flatMap((room) =>
  filesOf(room).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(importPattern)].map(([, target = '']) => ({
      file: relative(root, file),
      room,
      target,
    })),
  ),
)

const roomOf = ({ file, target }: Import): string | undefined =>
  target.startsWith('.') ? relative(root, resolve(root, dirname(file), target)).split('/')[0] : undefined

test('the graph is not empty: every room with code was read', () => {
  for (const room of ['config', 'stacks', 'local', 'scripts'])
    expect(imports.filter((one) => one.room === room).length).toBeGreaterThan(5)
})

describe('rooms import only rooms below them', () => {
  test.each(Object.entries(allowed))('%s', (room, below) => {
    const wrong = imports
      .filter((one) => one.room === room)
      .filter((one) => {
        const target = roomOf(one)
        return target !== undefined && target !== room && !below.includes(target)
      })
    expect(wrong).toEqual([])
  })
})

describe('rooms do not know packages that are not theirs', () => {
  test.each(Object.entries(forbidden))('%s', (room, patterns) => {
    expect(
      imports.filter((one) => one.room === room && patterns.some((pattern) => pattern.test(one.target))),
    ).toEqual([])
  })
})

/** Its licence is the AGPL: it may judge our verdicts, and must never be part of what people run. */
test('iam-simulate and its kin are known to tests alone', () => {
  expect(imports.filter(({ target }) => /^@cloud-copilot\//.test(target))).toEqual([])
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>
  const names = (packages: Record<string, string>) =>
    Object.keys(packages).filter((name) => name.startsWith('@cloud-copilot/'))
  expect(names(dependencies)).toEqual([])
  expect(names(devDependencies)).toContain('@cloud-copilot/iam-simulate')
})

test('stacks know no clock, no chance and no environment outside main.ts', () => {
  const impure = /Date\.now|new Date\(|Math\.random|randomUUID|process\.env/
  const wrong = filesOf('stacks').filter(
    (file) => !file.endsWith('/main.ts') && impure.test(readFileSync(file, 'utf8')),
  )
  expect(wrong).toEqual([])
})

test('only target.ts opens a target; others may show its name but not decide by it', () => {
  const deciding = /target\.name\s*[!=]==?/
  const wrong = filesOf('scripts').filter(
    (file) => !/target\.ts$|sandbox-up\.ts$/.test(file) && deciding.test(readFileSync(file, 'utf8')),
  )
  expect(wrong).toEqual([])
})
