import { expect, test } from 'vitest'
import { covers } from '../../scripts/network/ranges.ts'

test.each([
  ['10.0.0.0/8', '10.20.0.0/16', true],
  ['0.0.0.0/0', '192.168.4.0/24', true],
  ['10.20.0.0/16', '10.20.0.0/16', true],
  ['10.20.0.0/17', '10.20.0.0/16', false],
  ['10.21.0.0/16', '10.20.0.0/16', false],
])('%s covers %s: %s', (outer, inner, expected) => expect(covers(outer, inner)).toBe(expected))
