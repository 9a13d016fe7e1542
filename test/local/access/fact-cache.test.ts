import {
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFactCache } from '../../../local/access/fact-cache.ts'
import type { Facts } from '../../../local/access/identity.ts'
import { openRoom, type Room } from '../control/fixture.ts'
import { account, allow, type Cast, document, openCast, refused } from './cast.ts'

const instance = 'arn:aws:ec2:us-west-2:111122223333:instance/i-1'
const bucket = 'arn:aws:s3:::b'

/** A cache over books that a test writes to, and that notes what it was asked. */
const open = () => {
  const books = new Map<string, Facts>([
    [instance, { tags: { owner: 'alice' } }],
    [bucket, { policy: 'old' }],
  ])
  const asked: string[][] = []
  let wait: Promise<void> = Promise.resolve()
  const cache = createFactCache(async (arns) => {
    asked.push([...arns])
    const seen = arns.flatMap((arn) => (books.has(arn) ? [[arn, books.get(arn) as Facts] as const] : []))
    await wait
    return Object.fromEntries(seen)
  })
  return { books, asked, cache, hold: (until: Promise<void>) => (wait = until) }
}

describe('facts are kept until somebody writes', () => {
  test('the same question is asked once, a new one for what is missing', async () => {
    const { asked, cache } = open()
    await cache.find([instance])
    expect(await cache.find([instance, bucket])).toEqual({
      [instance]: { tags: { owner: 'alice' } },
      [bucket]: { policy: 'old' },
    })
    await cache.find([instance, bucket])
    expect(asked).toEqual([[instance], [bucket]])
  })

  test.each([
    ['ec2', [instance]],
    ['iam', [instance]],
    ['s3', [bucket]],
    ['cloudformation', [instance, bucket]],
    ['tagging', [instance, bucket]],
    ['a service nobody has thought of', [instance, bucket]],
    ['logs', []],
    ['sts', []],
    ['ssmmessages', []],
  ])('a write of %s', async (service, again) => {
    const { asked, cache } = open()
    await cache.find([instance, bucket])
    cache.changed(service)
    await cache.find([instance, bucket])
    expect(asked.slice(1).flat()).toEqual(again)
  })

  test('what was asked while a write was under way is used once', async () => {
    const { books, cache, hold } = open()
    let release = () => {}
    hold(new Promise((done) => (release = done)))
    const early = cache.find([instance])
    books.set(instance, { tags: { owner: 'bob' } })
    cache.changed('ec2')
    release()
    expect(await early).toEqual({ [instance]: { tags: { owner: 'alice' } } })
    expect(await cache.find([instance])).toEqual({ [instance]: { tags: { owner: 'bob' } } })
  })

  test('what does not exist is asked for again', async () => {
    const { books, cache } = open()
    const late = 'arn:aws:ec2:us-west-2:111122223333:vpc/vpc-late'
    expect(await cache.find([late])).toEqual({})
    books.set(late, {})
    expect(await cache.find([late])).toEqual({ [late]: {} })
  })
})

describe('on the local target a verdict follows the very next call', () => {
  let room: Room
  let cast: Cast
  beforeAll(async () => {
    room = await openRoom()
    cast = await openCast(room)
  })
  afterAll(() => room?.close())

  test('after a tag has come and gone', async () => {
    const { clients } = await cast.makeUser(
      allow('ec2:ModifyVpcAttribute', '*', { StringEquals: { 'aws:ResourceTag/owner': 'me' } }),
    )
    const { Vpc } = await cast.admin.ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }))
    const tags = { Resources: [Vpc?.VpcId ?? ''], Tags: [{ Key: 'owner', Value: 'me' }] }
    const modify = () =>
      clients.ec2.send(
        new ModifyVpcAttributeCommand({ VpcId: Vpc?.VpcId, EnableDnsHostnames: { Value: true } }),
      )
    for (const _ of [1, 2]) {
      expect(await refused(modify())).toMatchObject({ name: 'UnauthorizedOperation' })
      await cast.admin.ec2.send(new CreateTagsCommand(tags))
      await modify()
      await cast.admin.ec2.send(new DeleteTagsCommand(tags))
    }
  })

  test('after the policy of a bucket has changed', async () => {
    const { name, clients } = await cast.makeUser()
    const { s3 } = cast.admin
    await s3.send(new CreateBucketCommand({ Bucket: 'facts' }))
    await s3.send(new PutObjectCommand({ Bucket: 'facts', Key: 'k', Body: 'v' }))
    const get = () => clients.s3.send(new GetObjectCommand({ Bucket: 'facts', Key: 'k' }))
    const put = (Effect: string) =>
      s3.send(
        new PutBucketPolicyCommand({
          Bucket: 'facts',
          Policy: document({
            ...{ Effect, Action: 's3:GetObject', Resource: 'arn:aws:s3:::facts/*' },
            Principal: { AWS: `arn:aws:iam::${account}:user/${name}` },
          }),
        }),
      )
    expect(await refused(get())).toMatchObject({ name: 'AccessDenied' })
    await put('Allow')
    expect((await get()).$metadata.httpStatusCode).toBe(200)
    await put('Deny')
    expect(await refused(get())).toMatchObject({ name: 'AccessDenied' })
  })
})
