import { readFileSync } from 'node:fs'
import {
  CreateDocumentCommand,
  DescribeSessionsCommand,
  ResumeSessionCommand,
  StartSessionCommand,
  type StartSessionCommandInput,
} from '@aws-sdk/client-ssm'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { controlPath } from '../../../local/control/control-file.ts'
import { type GuestRoom, openGuestRoom } from '../guests/fixture.ts'
import { type Client, connectClient, type Keys } from './client.ts'

/** One machine for all sessions of a file: booting it takes longer than they do. */
export let room: GuestRoom
export let id = ''
beforeAll(async () => {
  room = await openGuestRoom()
  id = await room.launch()
  await room.online(id)
}, 400_000)
afterAll(() => room?.close())

export const clients: Client[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.leave()
})

/** After the gateway was killed. */
export const findAgain = async () => {
  room = await room.again()
  await room.online(id)
}
export const start = (input: Partial<StartSessionCommandInput> = {}) =>
  room.clients.ssm.send(new StartSessionCommand({ Target: id, ...input }))
export const connect = async (
  input: Partial<StartSessionCommandInput> = {},
  keys?: (sessionId: string) => Keys,
) => {
  const ticket = await start(input)
  const sessionId = ticket.SessionId as string
  const client = await connectClient(ticket, keys?.(sessionId))
  clients.push(client)
  return { client, sessionId }
}
export const resume = (SessionId: string) => room.clients.ssm.send(new ResumeSessionCommand({ SessionId }))
export const list = async (State: 'Active' | 'History', SessionId: string) => {
  const Filters = [{ key: 'SessionId', value: SessionId } as const]
  return (await room.clients.ssm.send(new DescribeSessionsCommand({ State, Filters }))).Sessions?.[0]
}
/** The switches of the daemon, which only who reads its control file may use. */
export const fail = async (sessionId: string, fault: object) => {
  const { token } = JSON.parse(readFileSync(controlPath(room.room.paths.local), 'utf8')) as { token: string }
  const response = await fetch(`${room.target.endpoint}/_local/session-fault`, {
    method: 'POST',
    headers: { 'x-local-token': token },
    body: JSON.stringify({ sessionId, fault }),
  })
  expect(await response.json()).toEqual({ set: true })
}
export const command = (line: string, rest: Record<string, string[]> = {}) => ({
  DocumentName: 'AWS-StartNonInteractiveCommand',
  Parameters: { command: [line], ...rest },
})
/** A session document of the account. */
export const makeDocument = (Name: string, content: object) =>
  room.clients.ssm.send(
    new CreateDocumentCommand({
      ...{ Name, DocumentType: 'Session' },
      Content: JSON.stringify({ schemaVersion: '1.0', ...content }),
    }),
  )
