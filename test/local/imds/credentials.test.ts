import { expect, test } from 'vitest'
import { createRoleSessions, type RoleCredentials } from '../../../local/imds/credentials.ts'
import { makeInstance } from './instance.ts'

const hour = 3_600_000
const instance = makeInstance()

const open = () => {
  const state = { now: 0, asked: 0, outcome: (): RoleCredentials | undefined => made(state.now + hour) }
  const made = (until: number): RoleCredentials => ({
    accessKeyId: `ASIA${state.asked}`,
    secretAccessKey: 's',
    token: 't',
    expiration: new Date(until).toISOString(),
    lastUpdated: new Date(state.now).toISOString(),
    roleName: 'r',
    roleArn: 'arn',
  })
  const sessions = createRoleSessions(
    async () => {
      state.asked += 1
      return state.outcome()
    },
    () => state.now,
  )
  return { state, sessions }
}

test('twenty that ask at once share one session', async () => {
  const { state, sessions } = open()
  const found = await Promise.all(Array.from({ length: 20 }, () => sessions.find(instance)))
  expect(state.asked).toBe(1)
  expect(new Set(found.map((one) => one?.accessKeyId))).toEqual(new Set(['ASIA1']))
})

test('a session is kept until fifteen minutes before its end', async () => {
  const { state, sessions } = open()
  await sessions.find(instance)
  state.now = hour - 15 * 60_000 - 1
  await sessions.find(instance)
  expect(state.asked).toBe(1)
  state.now += 1
  expect((await sessions.find(instance))?.accessKeyId).toBe('ASIA2')
})

test('another role in the profile gets another session at once', async () => {
  const { state, sessions } = open()
  await sessions.find(instance)
  await sessions.find(makeInstance({ profile: { arn: 'a', id: 'i', roleName: 'other' } }))
  expect(state.asked).toBe(2)
})

test('a refusal and a failure are not kept', async () => {
  const { state, sessions } = open()
  state.outcome = () => undefined
  expect(await sessions.find(instance)).toBeUndefined()
  state.outcome = () => {
    throw new Error('moto is away')
  }
  await expect(sessions.find(instance)).rejects.toThrow('moto is away')
  await expect(sessions.find(instance)).rejects.toThrow('moto is away')
  expect(state.asked).toBe(3)
})

test('what is forgotten is asked for again', async () => {
  const { state, sessions } = open()
  await sessions.find(instance)
  sessions.forget(instance.instanceId)
  await sessions.find(instance)
  expect(state.asked).toBe(2)
})
