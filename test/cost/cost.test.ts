import {
  CreateVolumeCommand,
  EC2Client,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tag } from '../../config/names.ts'
import { listNetworkChoices } from '../../config/network-cost.ts'
import { planNetworkSpec } from '../../config/plan-specs.ts'
import { pricesAsOf, pricesOf } from '../../config/price-table.ts'
import { decidePriceNotice, hoursPerMonth, monthlyInstance, monthlyStorage } from '../../config/prices.ts'
import { defaultSettings } from '../../config/settings.ts'
import { type CostGround, type CostLine, monthlyOf, planCost } from '../../scripts/cost/plan-cost.ts'
import { renderChoices, renderCost } from '../../scripts/cost/render.ts'
import { type ClientConfig, openSession, type Session } from '../e2e/cli.ts'
import { digests, register } from '../images/fleet-fixture.ts'

const minutes = 60_000
const now = new Date('2026-11-28T12:00:00Z')
const launchedAt = '2026-11-28T02:00:00Z'
const ground: CostGround = {
  ...{ region: 'us-west-2', now },
  machines: [
    { instanceId: 'i-1', user: 'alice', state: 'running', type: 't4g.medium', launchedAt },
    { instanceId: 'i-2', user: 'bob', state: 'stopped', type: 't4g.large', launchedAt },
  ],
  volumes: [
    { id: 'vol-1', sizeGiB: 30, type: 'gp3', instanceId: 'i-1' },
    { id: 'vol-2', sizeGiB: 50, type: 'gp3', instanceId: 'i-2' },
  ],
  images: [{ imageId: 'ami-1', snapshotIds: ['snap-1'], sizeGiB: 20 }],
  endpoints: [{ id: 'vpce-1', service: 'ssm', zones: 2 }],
  nats: ['nat-1'],
  addresses: ['203.0.113.10'],
}
const lineOf = (id: string, of = ground): CostLine | undefined =>
  planCost(of).lines.find((one) => one.id === id)

describe('what there is, at its price', () => {
  test('a machine that runs costs by the hour, one that is stopped only its disk', () => {
    expect(lineOf('i-1')).toMatchObject({ hours: 10, monthly: 0.0336 * hoursPerMonth })
    expect(lineOf('i-1')?.soFar).toBeCloseTo(0.336)
    expect(lineOf('i-2')).toMatchObject({ hours: undefined, soFar: undefined, monthly: 0 })
    expect(monthlyOf(ground, 'bob')).toBeCloseTo(50 * 0.08)
  })

  test('an endpoint costs in each zone, a NAT gateway once, a snapshot at most its size', () => {
    expect(lineOf('vpce-1')?.monthly).toBeCloseTo(2 * 0.01 * 730)
    expect(lineOf('nat-1')?.monthly).toBeCloseTo(0.045 * 730)
    expect(lineOf('203.0.113.10')?.monthly).toBeCloseTo(0.005 * 730)
    expect(lineOf('snap-1')?.monthly).toBeCloseTo(1)
  })

  test('with --user only what is theirs, without it everything', () => {
    expect(planCost(ground, ['alice']).lines.map(({ id }) => id)).toEqual(['i-1', 'vol-1'])
    expect(planCost(ground).monthly).toBeCloseTo(24.528 + 2.4 + 4 + 1 + 14.6 + 32.85 + 3.65)
  })
})

describe('what a network would cost', () => {
  const { region, mode, egress, endpoints, subnets, flowLogs } = planNetworkSpec(
    defaultSettings(),
    '111122223333',
  )
  const choices = listNetworkChoices({ region, mode, egress, subnets, flowLogs }, endpoints)
  const of = (one: string, other?: string) =>
    choices.find((choice) => choice.mode === one && choice.egress === other)

  test('endpoints in each zone; a way out is one NAT gateway and its address', () => {
    expect(of('managed', 'locked')?.monthly).toBeCloseTo(5 * 2 * 0.01 * 730)
    expect(of('managed', 'balanced')?.monthly).toBeCloseTo(73 + 0.045 * 730 + 0.005 * 730)
    expect(of('managed', 'open')?.monthly).toBe(of('managed', 'balanced')?.monthly)
  })

  test("what is somebody else's is not on our bill", () => {
    expect([of('existing', 'open')?.monthly, of('simple')?.monthly]).toEqual([0, 0])
    expect(of('existing', 'balanced')?.besides).toBe('DNS queries')
  })

  test('the chosen one is marked, and a region without prices gets none', () => {
    expect(choices.filter(({ chosen }) => chosen)).toEqual([of('managed', 'locked')])
    expect(renderChoices(choices)).toMatch(/^\* +managed +locked +\$73\.00 /m)
    const elsewhere = { region: 'sa-east-1', mode, egress, subnets, flowLogs }
    expect(listNetworkChoices(elsewhere, endpoints)[0]?.monthly).toBeUndefined()
  })
})

describe('what is not known is not made up', () => {
  test('a region without prices says so, and gives no figure', () => {
    const elsewhere = { ...ground, region: 'sa-east-1' }
    const { monthly, unknown } = planCost(elsewhere)
    // What is stopped costs nothing everywhere.
    expect({ monthly, unknown }).toEqual({ monthly: 0, unknown: planCost(elsewhere).lines.length - 1 })
    expect(renderCost(planCost(elsewhere))).toContain(
      'about $0.00 a month as it is now and 7 without a known price',
    )
    expect(decidePriceNotice('sa-east-1', now).sentences).toEqual([
      expect.stringMatching(/^there are no prices of sa-east-1 here; they are known for us-east-1, /),
    ])
    expect(monthlyOf(elsewhere, 'alice')).toBeUndefined()
  })

  test('a type or a kind of disk that is not in the table', () => {
    const machines = [{ ...ground.machines[0], type: 'm8g.large' }] as CostGround['machines']
    expect(lineOf('i-1', { ...ground, machines })).toMatchObject({ monthly: undefined, soFar: undefined })
    const volumes = [{ ...ground.volumes[0], type: 'io2' }] as CostGround['volumes']
    expect(lineOf('vol-1', { ...ground, volumes })?.monthly).toBeUndefined()
  })

  test('prices are believed for half a year', () => {
    const later = (days: number) => new Date(Date.parse(pricesAsOf) + days * 24 * 60 * minutes)
    expect(decidePriceNotice('us-west-2', later(180))).toMatchObject({ stale: false, sentences: [] })
    expect(decidePriceNotice('us-west-2', later(181))).toMatchObject({
      stale: true,
      sentences: [expect.stringMatching(/^the prices are of 2026-09-09, 181 days old: do not rely on them/)],
    })
  })
})

describe('the table', () => {
  test.each(Object.entries(pricesOf))('%s: sizes double, and nothing is free', (region, prices) => {
    const sizes = ['medium', 'large', 'xlarge', '2xlarge'].flatMap(
      (size) => prices.instances[`t4g.${size}`] ?? [],
    )
    for (const [index, price] of sizes.entries()) expect(price).toBeCloseTo((sizes[0] ?? 0) * 2 ** index, 6)
    for (const price of [prices.volume, prices.snapshot, prices.nat, prices.endpoint])
      expect(price).toBeGreaterThan(0)
    expect(monthlyInstance('t4g.medium', region)).toBeGreaterThan(20)
    expect(monthlyStorage('volume', 30, region)).toBeLessThan(4)
  })
})

describe.sequential('as a person asks', { timeout: 2 * minutes }, () => {
  let session: Session
  let sdk: ClientConfig
  beforeAll(async () => {
    session = openSession({ local: { machines: 'off' } })
    sdk = await session.sdkConfig()
  }, 2 * minutes)
  afterAll(() => session.close(), 2 * minutes)

  test('nothing there, nothing to pay', async () => {
    const { code, stdout, stderr } = await session.run('cost')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain('nothing that costs anything')
  })

  test('machines and disks as EC2 has them, in cost and as a column of sandbox:list', async () => {
    const ec2 = new EC2Client(sdk)
    const { imageId: ImageId } = await register(sdk, { digest: digests.a })
    const launch = async (user: string) => {
      const Tags = [tag.owner, tag.sandbox].map((Key) => ({ Key, Value: user }))
      const { Instances } = await ec2.send(
        new RunInstancesCommand({
          ...{ ImageId, InstanceType: 't4g.medium', MinCount: 1, MaxCount: 1 },
          BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 30, VolumeType: 'gp3' } }],
          TagSpecifications: [{ ResourceType: 'instance', Tags }],
        }),
      )
      return Instances?.[0]?.InstanceId ?? ''
    }
    await launch('alice')
    await ec2.send(new StopInstancesCommand({ InstanceIds: [await launch('bob')] }))
    await ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'us-west-2a', Size: 500 }))
    const { code, stdout } = await session.run('cost', '--json')
    const cost = JSON.parse(stdout) as { monthly: number; lines: CostLine[]; prices: { asOf: string } }
    expect(code).toBe(0)
    expect(cost.prices.asOf).toBe(pricesAsOf)
    const ofKind = (kind: string) => cost.lines.filter((one) => one.kind === kind)
    expect(ofKind('instance').map(({ user, state, monthly }) => [user, state, monthly])).toEqual([
      ['alice', 'running', 0.0336 * 730],
      ['bob', 'stopped', 0],
    ])
    expect(ofKind('volume').map(({ amount, monthly }) => [amount, monthly])).toEqual([
      ['30 GiB gp3', 30 * 0.08],
      ['30 GiB gp3', 30 * 0.08],
    ])
    expect(ofKind('snapshot')).toHaveLength(1)
    const list = (await session.run('sandbox:list')).stdout
    expect(list).toMatch(/^USER .* A MONTH$/m)
    expect(list).toMatch(/^alice .*\$26\.93$/m)
    expect(list).toMatch(/^bob .*\$2\.40$/m)
    const bobs = await session.run('cost', '--user', 'bob')
    expect(bobs.stdout).not.toContain('alice')
    expect(bobs.stdout).toContain('about $2.40 a month as it is now')
  })
})
