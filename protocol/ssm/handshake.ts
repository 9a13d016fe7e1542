import * as z from 'zod'
import { ProtocolError } from '../protocol-error.ts'

// https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/contracts/model.go

export const actionStatus = { success: 1, failed: 2, unsupported: 3 } as const

export const sessionTypes = [
  'Standard_Stream',
  'InteractiveCommands',
  'NonInteractiveCommands',
  'Port',
] as const
export type SessionType = (typeof sessionTypes)[number]

const requestSchema = z.object({
  AgentVersion: z.string().default(''),
  RequestedClientActions: z
    .array(z.object({ ActionType: z.string(), ActionParameters: z.unknown() }))
    .nullish()
    .transform((actions) => actions ?? []),
})
/** Actions an agent may ask for: `SessionType` first, then `KMSEncryption`. */
export type HandshakeRequest = z.output<typeof requestSchema>

/** Every numeric property travels as a string. */
const sessionTypeSchema = z.object({
  SessionType: z.string(),
  Properties: z.record(z.string(), z.unknown()).nullish(),
})
export type SessionTypeParameters = z.output<typeof sessionTypeSchema>

const kmsSchema = z.object({ KMSKeyId: z.string(), Challenge: z.string().optional() })
export type KmsParameters = z.output<typeof kmsSchema>

const responseSchema = z.object({
  ClientVersion: z.string(),
  ProcessedClientActions: z
    .array(
      z.object({
        ActionType: z.string(),
        ActionStatus: z.number(),
        ActionResult: z.unknown(),
        Error: z.string().default(''),
      }),
    )
    .nullish()
    .transform((actions) => actions ?? []),
  Errors: z
    .array(z.string())
    .nullish()
    .transform((errors) => errors ?? []),
})
/** One entry per requested action, in the same order. */
export type HandshakeResponse = z.output<typeof responseSchema>

const kmsResultSchema = z.object({
  KMSCipherTextKey: z.string(),
  ChallengeAcknowledgement: z.boolean().optional(),
})
export type KmsResult = z.output<typeof kmsResultSchema>

const completeSchema = z.object({
  /** Nanoseconds. */
  HandshakeTimeToComplete: z.number().default(0),
  CustomerMessage: z.string().default(''),
})
export type HandshakeComplete = z.output<typeof completeSchema>

const challengeSchema = z.object({ Challenge: z.string() })

const parseAs = <T>(what: string, schema: z.ZodType<T>, value: unknown): T => {
  const { success, data, error } = schema.safeParse(value)
  if (!success) throw new ProtocolError(`the ${what} has a bad ${error.issues[0]?.path.join('.') || 'shape'}`)
  return data
}

const parseJson = (what: string, payload: Buffer): unknown => {
  try {
    return JSON.parse(payload.toString())
  } catch {
    throw new ProtocolError(`the ${what} is not JSON`)
  }
}

export const parseHandshakeRequest = (payload: Buffer): HandshakeRequest =>
  parseAs('handshake request', requestSchema, parseJson('handshake request', payload))
export const parseSessionType = (parameters: unknown): SessionTypeParameters =>
  parseAs('session type', sessionTypeSchema, parameters)
export const parseKmsParameters = (parameters: unknown): KmsParameters =>
  parseAs('encryption request', kmsSchema, parameters)
export const parseHandshakeResponse = (payload: Buffer): HandshakeResponse =>
  parseAs('handshake response', responseSchema, parseJson('handshake response', payload))
export const parseKmsResult = (result: unknown): KmsResult =>
  parseAs('result of the encryption request', kmsResultSchema, result)
export const parseHandshakeComplete = (payload: Buffer): HandshakeComplete =>
  parseAs('end of the handshake', completeSchema, parseJson('end of the handshake', payload))
/** Base64 of ciphertext. */
export const parseChallenge = (payload: Buffer): string =>
  parseAs('encryption challenge', challengeSchema, parseJson('encryption challenge', payload)).Challenge

const render = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

export const renderHandshakeRequest = (request: HandshakeRequest): Buffer => render(request)
export const renderHandshakeComplete = (complete: HandshakeComplete): Buffer => render(complete)
export const renderChallenge = (challenge: string): Buffer => render({ Challenge: challenge })
/** No errors are `null` on the wire, as the official client sends it. */
export const renderHandshakeResponse = (response: HandshakeResponse): Buffer =>
  render({
    ClientVersion: response.ClientVersion,
    ProcessedClientActions: response.ProcessedClientActions.map((action) => ({
      ActionType: action.ActionType,
      ActionStatus: action.ActionStatus,
      ActionResult: action.ActionResult ?? null,
      Error: action.Error,
    })),
    Errors: response.Errors.length === 0 ? null : response.Errors,
  })
