import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pins } from '../../config/pins.ts'

const text = readFileSync(new URL('../../local/control/requirements.txt', import.meta.url), 'utf8')
const lines = text
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
const requirements = lines.filter((line) => !line.startsWith('--'))

test('moto is pinned to the version of config/pins.ts', () => {
  expect(requirements.some((line) => line.startsWith(`moto==${pins.moto.version} `))).toBe(true)
})

test('every requirement has one version and at least one checksum, and nothing else', () => {
  const shape = /^[a-z0-9-]+==[0-9][0-9a-z.]*\s+(--hash=sha256:[0-9a-f]{64}\s*)+$/
  expect(requirements.filter((line) => !shape.test(line))).toEqual([])
  expect(requirements.length).toBeGreaterThan(40)
})

test('no package is named twice', () => {
  const names = requirements.map((line) => line.split('==')[0])
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('no setup script of a source package can run', () => {
  expect(lines.filter((line) => line.startsWith('--'))).toEqual(['--only-binary :all:'])
})
