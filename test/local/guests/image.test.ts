import {
  CopyImageCommand,
  CreateImageCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  type Image,
  TerminateInstancesCommand,
  waitUntilImageAvailable,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GuestRoom, openGuestRoom } from './fixture.ts'

let room: GuestRoom
beforeAll(async () => {
  room = await openGuestRoom()
}, 400_000)
afterAll(() => room?.close())

const find = async (imageId: string): Promise<Image | undefined> =>
  (await room.clients.ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] }))).Images?.[0]

const available = (ImageId: string) =>
  waitUntilImageAvailable(
    { client: room.clients.ec2, maxWaitTime: 180, minDelay: 1, maxDelay: 1 },
    { ImageIds: [ImageId] },
  )

describe.sequential('images of machines', () => {
  let source = ''
  let image = ''
  let copy = ''

  test('CreateImage is pending until the content is there, and reboots the machine for it', async () => {
    source = await room.launch()
    await room.online(source)
    await room.output(source, 'echo baked >/opt/baked')
    const started = await room.bootOf(source)
    const made = await room.clients.ec2.send(
      new CreateImageCommand({ InstanceId: source, Name: 'golden', Description: 'a first one' }),
    )
    image = made.ImageId ?? ''
    expect((await find(image))?.State).toBe('pending')
    await expect(room.launch({ ImageId: image })).rejects.toThrow(/Unavailable|not/i)
    await available(image)
    await expect.poll(() => room.bootOf(source).catch(() => started)).not.toBe(started)
  }, 240_000)

  test('with NoReboot the machine goes on', async () => {
    const started = await room.bootOf(source)
    const { ImageId = '' } = await room.clients.ec2.send(
      new CreateImageCommand({ InstanceId: source, Name: 'hot', NoReboot: true }),
    )
    await available(ImageId)
    expect(await room.bootOf(source)).toBe(started)
  }, 240_000)

  test('a name is taken once', async () => {
    await expect(
      room.clients.ec2.send(new CreateImageCommand({ InstanceId: source, Name: 'golden' })),
    ).rejects.toThrow(/already in use/)
  })

  test('a machine from it boots that content, as a machine of its own', async () => {
    const id = await room.launch({
      ImageId: image,
      UserData: Buffer.from('#!/bin/bash\necho mine >/root/mine\n').toString('base64'),
    })
    await room.online(id)
    expect(await room.output(id, 'cloud-init status --wait >/dev/null; cat /opt/baked /root/mine')).toBe(
      'baked\nmine',
    )
    expect(
      await room.output(
        id,
        'cat /var/lib/cloud/data/instance-id 2>/dev/null || basename "$(readlink -f /var/lib/cloud/instance)"',
      ),
    ).toBe(id)
    await room.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    await room.waitForState(id, 'terminated')
  }, 240_000)

  test('a copy has the content too, also when its source and that machine are gone', async () => {
    const made = await room.clients.ec2.send(
      new CopyImageCommand({ SourceImageId: image, SourceRegion: 'us-west-2', Name: 'copied' }),
    )
    copy = made.ImageId ?? ''
    await available(copy)
    await room.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [source] }))
    await room.waitForState(source, 'terminated')
    await room.clients.ec2.send(
      new DeregisterImageCommand({ ImageId: image, DeleteAssociatedSnapshots: true }),
    )
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html: "and then return empty results"
    expect(await find(image)).toBeUndefined()
    const id = await room.launch({ ImageId: copy })
    await room.online(id)
    expect(await room.output(id, 'cat /opt/baked')).toBe('baked')
  }, 240_000)

  test('an image that is deregistered cannot be launched, and what runs from it goes on', async () => {
    await room.clients.ec2.send(new DeregisterImageCommand({ ImageId: copy }))
    await expect(room.launch({ ImageId: copy })).rejects.toThrow(
      /InvalidAMIID|no longer available|does not exist/,
    )
  }, 240_000)

  test('an image of Amazon can be copied', async () => {
    const { stdout } = await room.aws(
      'ssm',
      'get-parameter',
      '--name',
      '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
      '--query',
      'Parameter.Value',
      '--output',
      'text',
    )
    const made = await room.clients.ec2.send(
      new CopyImageCommand({ SourceImageId: stdout.trim(), SourceRegion: 'us-west-2', Name: 'own-al2023' }),
    )
    await available(made.ImageId ?? '')
    const id = await room.launch({ ImageId: made.ImageId })
    await room.online(id)
  }, 240_000)
})

test('other systems than Amazon Linux 2023 are refused instead of pretended', async () => {
  const { stdout } = await room.aws(
    'ec2',
    'describe-images',
    '--filters',
    'Name=platform,Values=windows',
    '--query',
    'Images[0].ImageId',
    '--output',
    'text',
  )
  await expect(room.launch({ ImageId: stdout.trim(), InstanceType: 't3.medium' })).rejects.toThrow(
    /Amazon Linux 2023/,
  )
})
