import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { planPaths } from '../../config/paths.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { catalogue } from '../../scripts/catalogue.ts'
import { planGeneratedFiles } from '../../scripts/docs/generated.ts'

const { root } = planPaths(process.env)

describe('generated files are fresh (npm run docs)', () => {
  test.each(planGeneratedFiles(planPaths(process.env)).map((one) => [basename(one.file), one] as const))(
    '%s',
    async (_name, { file, render }) => {
      const before = await readFile(file, 'utf8')
      expect(await render(before)).toBe(before)
    },
  )
})

test('every command is an npm script of the same name, and the other way round', () => {
  const launched = Object.entries(packageJson.scripts).filter(([, script]) =>
    script.startsWith('node scripts/launch.mjs'),
  )
  expect(launched).toEqual(Object.keys(catalogue).map((name) => [name, `node scripts/launch.mjs ${name}`]))
})

test('every command knows its own name and has an example', async () => {
  for (const [name, load] of Object.entries(catalogue)) {
    const { command } = await load()
    expect(command.name).toBe(name)
    expect(command.examples.length).toBeGreaterThan(0)
  }
})

test('versions are pinned exactly', () => {
  const ranges = Object.entries({ ...packageJson.dependencies, ...packageJson.devDependencies }).filter(
    ([, version]) => !/^(\d+\.\d+\.\d+|file:.*)$/.test(version),
  )
  expect(ranges).toEqual([])
})

test('the lock file knows every optional package of every platform, or npm ci refuses it', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>
  }
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  )
  const known = Object.keys(packages).map((path) =>
    path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
  )
  expect(wanted.length).toBeGreaterThan(50)
  expect(wanted.filter((name) => !known.includes(name))).toEqual([])
})
