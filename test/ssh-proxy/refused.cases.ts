import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AuthorizeSecurityGroupIngressCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2'
import { describe, expect, test } from 'vitest'
import { root } from '../local/control/fixture.ts'
import { run, ssh22 } from './place.ts'
import { host, place } from './ssh-place.ts'

describe('ssh hears why it cannot connect', () => {
  /** The very words of the settings, but for these flags. */
  const proxy = (flags: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) => {
    const given = { '--user': 'alice', '--key': join(place.folder, 'id.pub'), ...flags }
    const argv = [join(root, 'scripts', 'launch.mjs'), 'ssh:proxy', ...Object.entries(given).flat()]
    return run(process.execPath, argv, { env: { ...place.env, ...env } })
  }

  test('of somebody who has no sandbox', async () => {
    const { code, stderr } = await proxy({ '--user': 'bob' })
    expect(code).toBe(255)
    expect(stderr).toContain('bob has no sandbox in us-west-2')
    expect(stderr).toContain('npm run sandbox:up -- --user bob')
  }, 240_000)

  test('without a key, and never with a private one', async () => {
    const missing = await proxy({ '--key': join(place.folder, 'none.pub') })
    expect(missing).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('none.pub cannot be read: ENOENT'),
    })
    const wrong = await proxy({ '--key': join(place.folder, 'id') })
    expect(wrong).toMatchObject({ code: 255, stderr: expect.stringContaining('is a private key') })
  }, 240_000)

  test('with a clock that is wrong', async () => {
    const shift = join(place.folder, 'shift.cjs')
    writeFileSync(
      shift,
      `const Real = Date; const by = -3600e3
globalThis.Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(Real.now() + by) } static now() { return Real.now() + by } }`,
    )
    const { code, stderr } = await proxy({}, { NODE_OPTIONS: `--require ${shift}` })
    expect({ code, stderr }).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('the clock of this computer is wrong'),
    })
  }, 240_000)

  test('when a rule was revoked, and connects again when it is back', async () => {
    const { ec2 } = place.room.clients
    const rule = {
      GroupId: place.groups.instances,
      IpPermissions: [{ ...ssh22, UserIdGroupPairs: [{ GroupId: place.groups.endpoint }] }],
    }
    await ec2.send(new RevokeSecurityGroupIngressCommand(rule))
    const { code, stderr } = await place.ssh([host, 'true'])
    expect(code).toBe(255)
    expect(stderr).toContain(`nothing answers at port 22 of ${place.instanceId} behind the endpoint`)
    expect(stderr).toContain('do the security groups still let the endpoint in?')
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(rule))
    expect((await place.ssh([host, 'true'])).code).toBe(0)
  }, 240_000)

  test('when the tunnel has lasted as long as the settings say', async () => {
    const settings = join(place.folder, 'short.json')
    writeFileSync(settings, JSON.stringify({ ssh: { tunnelSeconds: 2 } }))
    const { code, stderr } = await place.ssh([host, 'sleep 3600'], {
      env: { ...place.env, KIRO_SANDBOX_CONFIG: settings },
    })
    expect(code).toBe(255)
    expect(stderr).toContain('the tunnel has reached its longest duration')
  }, 240_000)
})
