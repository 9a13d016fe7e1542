import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { planPaths } from '../../config/paths.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { catalogue } from '../../scripts/catalogue.ts'
import { planGeneratedFiles } from '../../scripts/docs/generated.ts'

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
