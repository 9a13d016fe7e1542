import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  DeleteInstanceConnectEndpointCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { host, place } from './ssh-place.ts'
// In this order: what stands in the trail is asked for before others add to it.
import './commands.cases.ts'
import './editor.cases.ts'
import './way.cases.ts'
import './keys.cases.ts'
import './refused.cases.ts'

test('a proxy that the environment names is for AWS, not for this computer', async () => {
  const nobody = 'http://127.0.0.1:9'
  const env = {
    ...place.env,
    HTTPS_PROXY: nobody,
    HTTP_PROXY: nobody,
    https_proxy: nobody,
    http_proxy: nobody,
  }
  expect(await place.ssh([host, 'echo there'], { env })).toMatchObject({ code: 0, stderr: '' })
}, 240_000)

test('an endpoint takes twenty connections and no more', async () => {
  const stay = async () => {
    const child = spawn('ssh', ['-F', place.config, host, 'echo in; sleep 300'], { env: place.env })
    await once(child.stdout, 'data')
    return child
  }
  const inside: Awaited<ReturnType<typeof stay>>[] = []
  // A few at a time: sshd itself turns away who comes while many others have not logged in yet.
  while (inside.length < 20) inside.push(...(await Promise.all(Array.from({ length: 5 }, stay))))
  const { code, stderr } = await place.ssh([host, 'true'])
  expect({ code, stderr }).toMatchObject({
    ...{ code: 255, stderr: expect.stringContaining('as many connections as it takes') },
  })
  inside[0]?.kill()
  await once(inside[0] as (typeof inside)[number], 'close')
  expect((await place.ssh([host, 'true'])).code).toBe(0)
  for (const child of inside) child.kill()
}, 240_000)

test('without an endpoint ssh goes through Session Manager and says so', async () => {
  await place.room.clients.ec2.send(
    new DeleteInstanceConnectEndpointCommand({ InstanceConnectEndpointId: place.endpointId }),
  )
  const bytes = randomBytes(300_000)
  const ran = await place.ssh([host, 'cat'], { input: bytes })
  expect(ran.code).toBe(0)
  expect(ran.stderr).toMatch(
    /^! vpc-[0-9a-f]+ has no Instance Connect Endpoint: ssh goes through Session Manager, which is slower\n$/,
  )
  expect(ran.stdout.equals(bytes)).toBe(true)
}, 240_000)

test('a sandbox that was stopped is not started, and ssh says who starts it', async () => {
  const { ec2 } = place.room.clients
  await ec2.send(new StopInstancesCommand({ InstanceIds: [place.instanceId] }))
  await place.room.waitForState(place.instanceId, 'stopped')
  const { code, stderr } = await place.ssh([host, 'true'])
  expect(code).toBe(255)
  expect(stderr).toContain(`the sandbox of alice is stopped (${place.instanceId})`)
  expect(stderr).toContain('npm run sandbox:up -- --user alice starts it')
  await ec2.send(new StartInstancesCommand({ InstanceIds: [place.instanceId] }))
}, 240_000)
