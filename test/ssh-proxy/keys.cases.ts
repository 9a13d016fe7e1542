import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeKey, run } from './place.ts'
import { host, place } from './ssh-place.ts'

describe('keys', () => {
  /** With a key that nobody has pushed yet, through a tunnel by another one: who is let in, is by a push of the test. */
  const withOtherProxyKey = (...args: string[]) =>
    run('ssh', ['-F', join(place.folder, 'fresh-config'), ...args], place)
  beforeAll(async () => {
    const file = (name: string) => join(place.folder, name)
    await makeKey(file('fresh'))
    await makeKey(file('other'))
    const own = readFileSync(place.config, 'utf8')
      .replace(`IdentityFile ${file('id')}\n`, `IdentityFile ${file('fresh')}\n`)
      .replace(file('id.pub'), file('other.pub'))
    // Once: an ssh that reads it while it is written for another one would find half of it.
    writeFileSync(file('fresh-config'), own)
  })
  const push = (user: string, key = 'id') =>
    place.room.aws(
      ...['ec2-instance-connect', 'send-ssh-public-key', '--instance-id', place.instanceId],
      ...['--instance-os-user', user, '--ssh-public-key', `file://${join(place.folder, `${key}.pub`)}`],
    )

  test('that the AWS CLI pushes opens for a minute and not longer; who is in stays in', async () => {
    expect((await withOtherProxyKey(host, 'true')).stderr).toContain('Permission denied (publickey)')
    const pushed = await push('kiro', 'fresh')
    expect(JSON.parse(pushed.stdout)).toMatchObject({ Success: true })
    const [inside, again] = [
      withOtherProxyKey(host, 'sleep 62; echo still in'),
      withOtherProxyKey(host, 'true'),
    ]
    expect(await again).toMatchObject({ code: 0, stderr: '' })
    await delay(60_500)
    expect((await withOtherProxyKey(host, 'true')).stderr).toContain('Permission denied (publickey)')
    expect(await inside).toMatchObject({ code: 0, stderr: '', stdout: Buffer.from('still in\n') })
  }, 240_000)

  test('are for one user', async () => {
    const { code, stderr } = await place.ssh(['-l', 'ec2-user', host, 'true'])
    expect({ code, stderr }).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('Permission denied'),
    })
    await push('root')
    expect((await place.ssh(['-l', 'ec2-user', host, 'true'])).code).toBe(255)
  }, 240_000)

  test('are refused by the names that AWS has for it', async () => {
    const send = async (...args: string[]) => {
      const asked = ['--instance-id', place.instanceId, '--instance-os-user', 'kiro', ...args]
      const key = ['--ssh-public-key', `file://${join(place.folder, 'id.pub')}`]
      return (await place.room.aws('ec2-instance-connect', 'send-ssh-public-key', ...key, ...asked)).stderr
    }
    expect(await send('--instance-id', 'i-0123456789abcdef0')).toContain('EC2InstanceNotFoundException')
    expect(await send('--availability-zone', 'us-west-2z')).toContain('EC2InstanceNotFoundException')
    expect(await send('--ssh-public-key', `ssh-dss ${'A'.repeat(100)}`)).toContain('InvalidArgsException')
    expect(await send('--instance-os-user', 'no such user')).toContain('ValidationException')
  }, 240_000)
})
