import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CancelCommandCommand } from '@aws-sdk/client-ssm'
import { describe, expect, test } from 'vitest'
import { ended, get, run, send, started, world } from './commands-place.ts'
import { machineOf } from './fixture.ts'

describe('a gateway that dies', () => {
  test('finds again what ran meanwhile', async () => {
    const CommandId = await send([`touch '${world.folder}/survives'`, 'sleep 1', 'echo done'])
    await started('survives')
    await world.restart()
    expect(await ended(CommandId)).toMatchObject({ Status: 'Success', StandardOutputContent: 'done\n' })
  })

  test('cancels what an earlier one began', async () => {
    const CommandId = await send([`touch '${world.folder}/orphan'`, 'sleep 60'])
    await started('orphan')
    await world.restart()
    await world.client.send(new CancelCommandCommand({ CommandId }))
    expect(await ended(CommandId)).toMatchObject({ Status: 'Cancelled', ResponseCode: 137 })
  })

  test('keeps the history, for its owner alone', async () => {
    const { CommandId } = await run(['echo kept'])
    await world.restart()
    expect((await get(CommandId as string)).StandardOutputContent).toBe('kept\n')
    const folder = join(world.folder, 'ssm', 'commands')
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })
})

describe('a machine that goes away in the middle', () => {
  test.each([
    ['stopped', 'd', () => ({ state: 'stopped' as const, bootedAt: undefined }), 'Undeliverable', -1],
    ['terminated', 'f', () => ({ state: 'terminated' as const, bootedAt: undefined }), 'Undeliverable', -1],
    // As of the moment when it is asked for: the tests before this one take their time.
    ['rebooted', 'e', () => ({ bootedAt: new Date(Date.now() + 60_000).toISOString() }), 'Failed', 137],
  ] as const)('%s', async (name, letter, change, StatusDetails, ResponseCode) => {
    const machine = world.put(machineOf(letter))
    const InstanceIds = [machine.instanceId]
    await world.ping(machine.instanceId)
    const CommandId = await send([`touch '${world.folder}/${name}'`, 'sleep 60'], { InstanceIds })
    await started(name)
    world.put({ ...machine, ...change() })
    const result = await ended(CommandId, machine.instanceId)
    expect(result).toMatchObject({ Status: 'Failed', StatusDetails, ResponseCode })
  })

  test('before its turn came: it is delivered when the machine is back', async () => {
    const away = world.put(machineOf('1', { tags: { away: 'yes' } }))
    await world.ping(away.instanceId)
    world.put({ ...away, state: 'stopped', bootedAt: undefined })
    const CommandId = await send(['true'], { Targets: [{ Key: 'tag:away', Values: ['yes'] }] })
    expect((await get(CommandId, away.instanceId)).Status).toBe('Pending')
    world.put(away)
    expect((await ended(CommandId, away.instanceId)).Status).toBe('Success')
  })
})
