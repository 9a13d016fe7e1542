import { DescribeDocumentCommand, SendCommandCommand, StartSessionCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientsFor, openRoom, type Room } from '../control/fixture.ts'

/** Instances are entries in the books here. */
let room: Room
let ssm: ReturnType<typeof clientsFor>['ssm']
beforeAll(async () => {
  room = await openRoom()
  ssm = clientsFor(await room.up()).ssm
})
afterAll(() => room?.close())

const refusal = (operation: string) => ({
  name: 'UnsupportedOperation',
  message: expect.stringContaining(`${operation} needs machines: no command has switched them on yet`),
})

test('no command is said to have run where nothing runs', async () => {
  const send = new SendCommandCommand({
    InstanceIds: ['i-0123456789abcdef0'],
    DocumentName: 'AWS-RunShellScript',
    Parameters: { commands: ['true'] },
  })
  await expect(ssm.send(send)).rejects.toMatchObject(refusal('SendCommand'))
})

test('no session begins', async () => {
  const start = new StartSessionCommand({ Target: 'i-0123456789abcdef0' })
  await expect(ssm.send(start)).rejects.toMatchObject(refusal('StartSession'))
})

test('documents can be read all the same', async () => {
  const { Document } = await ssm.send(new DescribeDocumentCommand({ Name: 'AWS-RunShellScript' }))
  expect(Document?.Name).toBe('AWS-RunShellScript')
})
