import { describe, expect, test } from 'vitest'
import { decideMove, refuseMove, renderMove } from '../../scripts/network/decide-move.ts'
import { existing, simple, specOf, subnetId } from './specs.ts'

describe('a network in use is not pulled from under anybody', () => {
  const managed = specOf({})
  const inUse = {
    subnetIds: ['subnet-1', 'subnet-2'],
    machines: [
      { user: 'alice', subnetId: 'subnet-2' },
      { user: 'bob', subnetId: 'subnet-9' },
    ],
  }

  test('another mode would take the subnets, and is refused with the names of who stands in them', () => {
    const move = decideMove(managed, existing(), inUse)
    expect(move).toEqual({
      reason: 'network.mode is managed there and existing in the settings',
      subnetIds: ['subnet-1', 'subnet-2'],
      users: ['alice'],
    })
    if (move === undefined) return
    expect(renderMove(move)).toContain('in which the sandboxes of alice stand')
    expect(refuseMove(move).hint).toContain('npm run sandbox:down -- --user alice')
  })

  test.each([
    ['another range', managed, specOf({ cidr: '10.30.0.0/16' }), /network\.cidr is 10\.20/],
    ['fewer subnets', managed, specOf({ subnets: 1 }), /network\.subnets is 2 there and 1/],
    ['another VPC', existing(), existing({}, { vpcId: 'vpc-1a1b2c3d4e5f60718' }), /network\.existing\.vpcId/],
  ])('%s', (_name, before, after, says) => {
    const move = decideMove(before, after, inUse)
    expect(move?.reason).toMatch(says)
    expect(move?.users).toEqual(['alice'])
  })

  test.each([
    ['nothing was made yet', undefined, managed],
    ['the same', managed, managed],
    ['more subnets', managed, specOf({ subnets: 3 })],
    ['another egress', managed, specOf({ egress: 'open' })],
    ['simple, in which nothing is ours', simple, managed],
    [
      'a subnet less in a VPC of others',
      existing({}, { subnetIds: [subnetId, 'subnet-1a1b2c3d4e5f60718'] }),
      existing(),
    ],
  ])('%s takes nothing away', (_name, before, after) =>
    expect(decideMove(before, after, inUse)).toBeUndefined(),
  )
})
