import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RunInstancesCommand } from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { settingsSchema } from '../../config/settings.ts'
import type { Fault } from '../../local/gateway/faults.ts'
import { StateStore } from '../../scripts/aws/state.ts'
import { planLaunch } from '../../scripts/image/plan-launch.ts'
import { parseNetworkOutputs } from '../../scripts/sandbox/network.ts'
import type { Target } from '../../scripts/target.ts'
import { root } from '../e2e/cli.ts'
import { type BuildRoom, minutes, settings } from './build-room.ts'
import { lock } from './fixture.ts'
import { accountId, region } from './fleet-fixture.ts'

export const base = lock.baseImages[region]?.id ?? ''

/** What AWS says of the base image once it has deleted it. */
export const baseIsGone: Fault = {
  ...{ call: 'ec2/DescribeImages', contains: `ImageId.1=${base}`, status: 400 },
  ...{ code: 'InvalidAMIID.NotFound', message: `The image id '[${base}]' does not exist` },
}

/** @param type of instance, or how it begins */
export const noRoomFor = (type: string): Fault => ({
  ...{ call: 'ec2/RunInstances', contains: `InstanceType=${type}`, status: 500 },
  code: 'InsufficientInstanceCapacity',
  message: 'We currently do not have sufficient capacity in the Availability Zone you requested.',
})

/** As a build launches it, with a deadline that is near. */
const launchForgotten = async ({ sdk, ec2 }: BuildRoom): Promise<string> => {
  const store = new StateStore({ accountId, region, sdk } as unknown as Target)
  const network = parseNetworkOutputs((await store.findRecord(names.networkStack))?.outputs ?? {})
  const request = {
    ...{ sdk, network, settings: settingsSchema.parse(settings), imageId: base, rootDevice: '/dev/xvda' },
    ...{ rootVolumeGiB: 20, build: 'forgotten', purpose: 'builder', digest: undefined },
    deadline: new Date(Date.now() + 5000),
    userData: readFileSync(join(root, 'images', 'builder-user-data.sh'), 'utf8'),
  }
  const place = { type: 't4g.medium', subnetId: network.subnetIds[0] ?? '' }
  const { Instances } = await ec2.send(new RunInstancesCommand(planLaunch(request, place)))
  return Instances?.[0]?.InstanceId ?? ''
}

/** Promises about a build to which AWS says no; each ends with one sentence and leaves nothing. */
export const promiseBadDays = (open: () => BuildRoom): void => {
  let forgotten = ''

  /** What the build says when AWS refuses that. */
  const buildWith = async (faults: readonly Fault[], ...more: string[]): Promise<string> => {
    await open().refuse(...faults)
    const { code, stderr } = await open().session.run('image:build', ...more)
    expect(code).toBe(1)
    await open().expectNothingLeft()
    return stderr
  }

  test('a base image that AWS has deleted', async () => {
    const stderr = await buildWith([baseIsGone])
    expect(stderr).toContain(`error: the base image ${base} (`)
    expect(stderr).toContain('is gone from us-west-2, and there is no copy of it')
  })

  test('no capacity anywhere: every place is named', { timeout: 2 * minutes }, async () => {
    const stderr = await buildWith([noRoomFor('t4g')])
    const place = /t4g\.(?:medium|large) in subnet-\w+: InsufficientInstanceCapacity/g
    const [sentence = ''] = /error: AWS has no machine for the builder: .*/.exec(stderr) ?? []
    expect(sentence.match(place)).toHaveLength(4)
    expect(stderr).toContain('image.builderTypes')
  })

  test('AWS that goes on throttling', async () => {
    const error = { status: 503, code: 'RequestLimitExceeded', message: 'Request limit exceeded.' }
    expect(await buildWith([{ call: 'ec2/RunInstances', ...error }])).toContain(
      'error: AWS throttles calls to launch a builder',
    )
  })

  test('an agent that never reports: it says where to look', { timeout: 3 * minutes }, async () => {
    const file = join(open().session.state, 'impatient.json')
    writeFileSync(file, JSON.stringify({ ...settings, image: { ...settings.image, agentSeconds: 10 } }))
    const error = { status: 400, code: 'AccessDeniedException', message: 'not today' }
    const stderr = await buildWith([{ call: 'ssm/UpdateInstanceInformation', ...error }], '--config', file)
    expect(stderr).toMatch(/error: the SSM agent of i-\w+ has not answered within 10 s/)
    expect(stderr).toContain('its subnet must reach ssm')
  })

  test('image:vendor twice at once and again: one copy', { timeout: 3 * minutes }, async () => {
    const { session } = open()
    forgotten = await launchForgotten(open())
    const both = await Promise.all([session.run('image:vendor'), session.run('image:vendor')])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    const [copy, ...more] = await open().listImages('base-image')
    expect(more).toEqual([])
    expect(copy).toMatchObject({ Name: names.baseCopy(base), SourceImageId: base, State: 'available' })
    expect(both.map(({ stdout }) => stdout)).toEqual([`${copy?.ImageId}\n`, `${copy?.ImageId}\n`])
    expect((await session.run('image:vendor')).stderr).toContain('already; nothing to do')
  })

  test('a builder that nobody looks after is gone at its deadline', { timeout: 2 * minutes }, async () => {
    const isGone = async () =>
      (await open().listBuilders('terminated')).some(({ InstanceId }) => InstanceId === forgotten)
    await expect.poll(isGone, { timeout: 3 * minutes, interval: 500 }).toBe(true)
    await open().expectNothingLeft()
  })
}
