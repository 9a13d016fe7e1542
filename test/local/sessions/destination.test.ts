import { expect, test } from 'vitest'
import { isForbidden, parseAddresses } from '../../../local/sessions/destination.ts'

test.each([
  ...['169.254.169.254', '169.254.169.253', '169.254.170.2', '127.0.0.1', '127.9.9.9', '0.0.0.0'],
  ...['::1', '::', 'fd00:ec2::254', 'fd00:0ec2:0:0:0:0:0:254', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe'],
])('%s may not be forwarded to', (address) => {
  expect(isForbidden(address)).toBe(true)
})

test.each(['10.0.0.1', '169.254.1.1', '128.0.0.1', 'fd00:ec2::1', '2600:1f14::5'])('%s may', (address) => {
  expect(isForbidden(address)).toBe(false)
})

test('of what getent says, addresses count, once each', () => {
  const said =
    '10.77.0.9       STREAM db.internal\n10.77.0.9       DGRAM  \nfd00::9         STREAM \n\nnonsense\n'
  expect(parseAddresses(said)).toEqual(['10.77.0.9', 'fd00::9'])
})
