import * as z from 'zod'
import { ProtocolError } from '../protocol-error.ts'

/** The text frame that opens a data channel; clients before 1.2.677 leave out who they are. */
const schema = z.object({
  MessageSchemaVersion: z.string(),
  RequestId: z.string().min(16),
  TokenValue: z.string().min(1),
  ClientId: z.string().optional(),
  ClientVersion: z.string().optional(),
})

export interface OpenDataChannel {
  /** Fresh for each connection. */
  readonly requestId: string
  /** From StartSession or the latest ResumeSession. */
  readonly token: string
  /** The same for the life of the session. */
  readonly clientId?: string | undefined
  readonly clientVersion?: string | undefined
}

export const renderOpenDataChannel = (open: OpenDataChannel): string =>
  JSON.stringify({
    MessageSchemaVersion: '1.0',
    RequestId: open.requestId,
    TokenValue: open.token,
    ClientId: open.clientId,
    ClientVersion: open.clientVersion,
  })

/** @throws ProtocolError; its message never holds the token */
export const parseOpenDataChannel = (text: string): OpenDataChannel => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ProtocolError('the frame that opens the channel is not JSON')
  }
  const { success, data, error } = schema.safeParse(value)
  if (!success)
    throw new ProtocolError(
      `the frame that opens the channel has a bad ${error.issues[0]?.path.join('.') || 'shape'}`,
    )
  return {
    requestId: data.RequestId,
    token: data.TokenValue,
    clientId: data.ClientId,
    clientVersion: data.ClientVersion,
  }
}
