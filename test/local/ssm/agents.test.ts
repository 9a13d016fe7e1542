import { DescribeInstanceInformationCommand, GetConnectionStatusCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decidePingStatus, type Ping } from '../../../local/ssm/ping-book.ts'
import { machineOf, openWorld, type World } from './fixture.ts'

let world: World
const online = machineOf('a', { tags: { team: 'blue' } })
const stopped = machineOf('b')
const silent = machineOf('c')

beforeAll(async () => {
  world = await openWorld()
  for (const machine of [online, stopped, silent]) world.put(machine)
  await world.ping(online.instanceId)
  await world.ping(stopped.instanceId)
  world.put({ ...stopped, state: 'stopped', bootedAt: undefined })
})
afterAll(() => world.close())

const describe = (input: ConstructorParameters<typeof DescribeInstanceInformationCommand>[0] = {}) =>
  world.client.send(new DescribeInstanceInformationCommand(input))
const names = async (Key: string, ...Values: string[]) =>
  (await describe({ Filters: [{ Key, Values }] })).InstanceInformationList?.map(
    ({ InstanceId }) => InstanceId,
  )

test('machines whose agent has spoken are listed as AWS lists them', async () => {
  const { InstanceInformationList } = await describe()
  expect(InstanceInformationList?.map(({ InstanceId, PingStatus }) => [InstanceId, PingStatus])).toEqual([
    [online.instanceId, 'Online'],
    [stopped.instanceId, 'ConnectionLost'],
  ])
  expect(InstanceInformationList?.[0]).toMatchObject({
    LastPingDateTime: expect.any(Date),
    AgentVersion: '3.3.1611.0',
    PlatformType: 'Linux',
    PlatformName: 'Amazon Linux',
    PlatformVersion: '2023',
    ResourceType: 'EC2Instance',
    IPAddress: '10.20.16.4',
  })
})

test.each<[string, string, number]>([
  ['InstanceIds', online.instanceId, 1],
  ['PingStatus', 'ConnectionLost', 1],
  ['PlatformTypes', 'Linux', 2],
  ['PlatformTypes', 'Windows', 0],
  ['ResourceType', 'ManagedInstance', 0],
  ['IamRole', 'box', 2],
  ['tag:team', 'blue', 1],
  ['tag-key', 'team', 1],
  ['tag:constructor', 'x', 0],
])('filter %s=%s finds %d', async (key, value, count) => expect(await names(key, value)).toHaveLength(count))

test('the older filters do the same', async () => {
  const InstanceInformationFilterList = [{ key: 'InstanceIds' as const, valueSet: [online.instanceId] }]
  expect((await describe({ InstanceInformationFilterList })).InstanceInformationList).toHaveLength(1)
})

test.each([
  [{ Filters: [{ Key: 'Colour', Values: ['x'] }] }, 'InvalidFilterKey'],
  [{ Filters: [{ Key: 'PingStatus', Values: ['Asleep'] }] }, 'InvalidInstanceInformationFilterValue'],
  [{ Filters: [{ Key: 'PingStatus', Values: [] }] }, 'ValidationException'],
  [{ MaxResults: 4 }, 'ValidationException'],
  [{ NextToken: 'made up' }, 'InvalidNextToken'],
])('%j is %s', async (input, name) => {
  await expect(describe(input)).rejects.toMatchObject({ name })
})

test('connected is who can be reached now', async () => {
  const status = async (Target: string) =>
    (await world.client.send(new GetConnectionStatusCommand({ Target }))).Status
  expect(await status(online.instanceId)).toBe('connected')
  expect(await status(stopped.instanceId)).toBe('notconnected')
  expect(await status(silent.instanceId)).toBe('notconnected')
})

test.each([
  ['a person', 'alice'],
  ['another machine', online.instanceId],
])('%s cannot ping for a machine', async (_, as) => {
  await expect(world.ping(silent.instanceId, as)).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('what agents said survives the gateway, and terminated machines vanish', async () => {
  const gone = world.put(machineOf('d'))
  await world.ping(gone.instanceId)
  await world.restart()
  expect(await names('InstanceIds', gone.instanceId)).toHaveLength(1)
  world.put({ ...gone, state: 'terminated' })
  expect(await names('InstanceIds', gone.instanceId)).toHaveLength(0)
})

const bootedAt = '2026-01-01T00:00:00.000Z'
const boot = Date.parse(bootedAt)
test.each([
  ['before this boot', boot - 1, boot + 1000, 'ConnectionLost'],
  ['just now', boot + 1, boot + 1000, 'Online'],
  ['five minutes ago', boot + 1, boot + 1 + 300_000, 'Online'],
  ['longer ago', boot + 1, boot + 2 + 300_000, 'ConnectionLost'],
])('a ping %s', (_, at, now, expected) => {
  expect(decidePingStatus(machineOf('a', { bootedAt }), { at } as Ping, now)).toBe(expected)
})
