import { describe, expect, test } from 'vitest'
import type { Reply } from '../../../local/gateway/reply.ts'
import type { MetadataDesk } from '../../../local/imds/answer.ts'
import { ask, credentials, header, issue, noon, openDesk, text, ttl } from './desk.ts'
import { makeInstance } from './instance.ts'

describe('a token', () => {
  const required = makeInstance()
  const withToken = (reply: Reply | undefined) => ({ 'x-aws-ec2-metadata-token': String(reply?.body) })
  const get = (desk: MetadataDesk, headers: Record<string, string>, instance = required) =>
    ask('/latest/meta-data/instance-id', { desk, headers, instance })

  test.each(['1', '60', '21600'])('is given for %s seconds', async (seconds) => {
    const reply = await issue(openDesk(), seconds)
    expect(reply?.status).toBe(200)
    expect(header(reply, 'x-aws-ec2-metadata-token-ttl-seconds')).toBe(seconds)
    expect(String(reply?.body)).toMatch(/^[A-Za-z0-9+/]{54}==$/)
  })
  test.each(['0', '21601', '-1', '1.5', 'x', ''])('is refused for "%s" seconds', async (seconds) => {
    expect((await issue(openDesk(), seconds))?.status).toBe(400)
  })
  test('is refused without a time', async () => {
    expect((await ask('/latest/api/token', { method: 'PUT' }))?.status).toBe(400)
  })
  test('is refused to a proxy', async () => {
    const headers = { ...ttl('60'), 'x-forwarded-for': '10.0.0.1' }
    expect((await ask('/latest/api/token', { method: 'PUT', headers }))?.status).toBe(403)
  })
  test('opens what is closed without it', async () => {
    const desk = openDesk()
    const reply = await get(desk, withToken(await issue(desk)))
    expect([reply?.status, String(reply?.body)]).toEqual([200, 'i-0123456789abcdef0'])
    expect(header(reply, 'x-aws-ec2-metadata-token-ttl-seconds')).toBe('60')
    expect((await get(desk, {}))?.status).toBe(401)
  })
  test('ends with its time', async () => {
    let now = noon
    const desk = openDesk(
      async () => credentials,
      () => now,
    )
    const token = withToken(await issue(desk, '60'))
    now += 59_999
    expect((await get(desk, token))?.status).toBe(200)
    now += 1
    expect((await get(desk, token))?.status).toBe(401)
  })
  test('is good for one instance only', async () => {
    const desk = openDesk()
    const token = withToken(await issue(desk))
    expect((await get(desk, token, makeInstance({ instanceId: 'i-other' })))?.status).toBe(401)
  })
  test.each(['', 'guess', Buffer.alloc(40).toString('base64')])('is not "%s"', async (token) => {
    expect((await get(openDesk(), { 'x-aws-ec2-metadata-token': token }))?.status).toBe(401)
  })
  test('that is wrong is refused even where none is needed', async () => {
    const headers = { 'x-aws-ec2-metadata-token': 'guess' }
    expect((await ask('/latest/meta-data/instance-id', { headers }))?.status).toBe(401)
  })
  test('is not needed where IMDSv1 is allowed', async () => {
    expect(await text('/latest/meta-data/instance-id')).toBe('i-0123456789abcdef0')
  })
})

describe('hops', () => {
  test.each([
    ['127.0.0.1', 1, 200],
    ['127.9.9.9', 1, 200],
    ['169.254.169.254', 1, 200],
    ['169.254.169.253', 1, 200],
    ['10.20.16.4', 1, 200],
    ['::ffff:10.20.16.4', 1, 200],
    ['10.20.16.5', 1, undefined],
    ['172.17.0.2', 1, undefined],
    ['172.17.0.2', 2, 200],
    ['172.17.0.2', 64, 200],
  ])('the token for %s, with a limit of %i', async (from, hopLimit, status) => {
    const instance = makeInstance({ metadata: { hopLimit } })
    expect((await issue(openDesk(), '60', { from, instance }))?.status).toBe(status)
  })
  test('only the answer with the token is lost: IMDSv1 knows no limit', async () => {
    expect(await text('/latest/meta-data/ami-id', {}, { from: '172.17.0.2' })).toBe('ami-1')
  })
})

test('who has switched it off gets 403 for everything', async () => {
  const instance = makeInstance({ metadata: { endpoint: 'disabled' } })
  expect((await ask('/latest/meta-data/', { instance }))?.status).toBe(403)
  expect((await issue(openDesk(), '60', { instance }))?.status).toBe(403)
})
