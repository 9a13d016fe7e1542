import { createHash, randomUUID } from 'node:crypto'
import { answer } from './answer.ts'
import type { Credential } from './credential.ts'
import type { Incoming } from './incoming.ts'
import { type Gateway, planRecord } from './server.ts'
import { planSignature } from './verify-signature.ts'

/** Whose call it is. */
export interface Signer {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly token: string
}

/** A call in AWS JSON 1.1. */
export interface InsideCall {
  readonly region: string
  /** As signatures name it. */
  readonly service: string
  /** `<name of the API>.<operation>`, as x-amz-target has it. */
  readonly target: string
  readonly input: object
  /** Address of who calls, for the journal. */
  readonly source: string
  readonly userAgent: string
}

/** What AWS has answered instead of a result. */
export class CallFailed extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

const signedHeaders = [
  'content-type',
  'host',
  'user-agent',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-target',
]

/** @param time YYYYMMDDTHHMMSSZ */
const planIncoming = (call: InsideCall, signer: Signer, time: string): Incoming => {
  const body = Buffer.from(JSON.stringify(call.input))
  const headers = [
    ['content-type', 'application/x-amz-json-1.1'],
    ['host', `${call.service}.${call.region}.amazonaws.com`],
    ['user-agent', call.userAgent],
    ['x-amz-date', time],
    ['x-amz-security-token', signer.token],
    ['x-amz-target', call.target],
  ] as const
  const incoming: Incoming = {
    ...{ id: randomUUID(), method: 'POST', path: '/', query: '', headers, body, source: call.source },
  }
  const credential: Credential = {
    ...{
      accessKeyId: signer.accessKeyId,
      date: time.slice(0, 8),
      region: call.region,
      service: call.service,
    },
    ...{ signedHeaders, signature: '', time, sessionToken: signer.token, presigned: undefined },
  }
  const hash = createHash('sha256').update(body).digest('hex')
  const signature = planSignature(incoming, credential, signer.secretAccessKey, hash)
  const scope = `${credential.date}/${call.region}/${call.service}/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/${scope}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`
  return { ...incoming, headers: [...headers, ['authorization', authorization]] }
}

const parseFailure = (body: Buffer): CallFailed => {
  const said = JSON.parse(body.toString()) as { __type?: string; message?: string; Message?: string }
  const code = said.__type?.split('#').at(-1) ?? 'UnknownError'
  return new CallFailed(code, said.message ?? said.Message ?? 'no message')
}

/**
 * A call that comes from no socket: what an agent on a machine would ask AWS, asked here on its behalf, signed,
 * judged and written into the journal as if it had. Rejects with CallFailed.
 */
export const callInside = async <Output>(
  gateway: Pick<Gateway, 'desk' | 'journal'>,
  call: InsideCall,
  signer: Signer,
): Promise<Output> => {
  const [time, began] = [new Date(), performance.now()]
  const stamp = `${time.toISOString().replace(/[-:]|\.\d+/g, '')}`
  const incoming = planIncoming(call, signer, stamp)
  const answered = await answer(gateway.desk, incoming)
  gateway.journal.write(planRecord(incoming, answered, time, performance.now() - began))
  const { status, body } = answered.reply
  if (status >= 300) throw parseFailure(body)
  return JSON.parse(body.length === 0 ? '{}' : body.toString()) as Output
}
