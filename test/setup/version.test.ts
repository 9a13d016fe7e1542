import { expect, test } from 'vitest'
import { acceptsVersion } from '../../scripts/setup/version.ts'

test.each([
  ['1.11.0', true],
  ['1.11.4', true],
  ['v1.12.0', true],
  ['1.100.0', true],
  ['1.10.9', false],
  ['1.9.11', false],
  ['2.0.0', false],
  ['1.12.0-beta1', false],
  ['1.11', false],
  ['', false],
  ['latest', false],
])('the range of Terraform accepts %s: %s', (version, accepted) => {
  expect(acceptsVersion('>=1.11.0 <2.0.0', version)).toBe(accepted)
})

test('a range that nobody can read is a bug, not an answer', () => {
  expect(() => acceptsVersion('^1.11', '1.11.4')).toThrow('not a version range')
})
