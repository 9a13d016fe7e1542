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

interface InsideCall {
  readonly region: string
  /** As signatures name it. */
  readonly service: string
  /** Address of who calls, for the journal. */
  readonly source: string
  readonly userAgent: string
}

/** A call in AWS JSON 1.1. */
export interface JsonCall extends InsideCall {
  /** `<name of the API>.<operation>`, as x-amz-target has it. */
  readonly target: string
  readonly input: object
}

/** A call that is told by its method and path, as those of S3. */
export interface RestCall extends InsideCall {
  readonly method: 'PUT'
  /** Percent-encoded. */
  readonly path: string
  readonly type: string
  readonly body: Buffer
}

/** What AWS has answered instead of a result. */
export class CallFailed extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

const planRequest = (call: JsonCall | RestCall) =>
  'target' in call
    ? {
        ...{ method: 'POST', path: '/', body: Buffer.from(JSON.stringify(call.input)) },
        own: [
          ['content-type', 'application/x-amz-json-1.1'],
          ['x-amz-target', call.target],
        ] as const,
      }
    : {
        ...{ method: call.method, path: call.path, body: call.body },
        own: [
          ['content-type', call.type],
          ['content-length', String(call.body.length)],
        ] as const,
      }

const hashOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex')

/** @param time YYYYMMDDTHHMMSSZ */
const planIncoming = (call: JsonCall | RestCall, signer: Signer, time: string): Incoming => {
  const { method, path, body, own } = planRequest(call)
  const hash = hashOf(body)
  const headers = [
    ...own,
    ['host', `${call.service}.${call.region}.amazonaws.com`],
    ['user-agent', call.userAgent],
    ['x-amz-content-sha256', hash],
    ['x-amz-date', time],
    ['x-amz-security-token', signer.token],
  ] as const
  const incoming: Incoming = {
    ...{ id: randomUUID(), method, path, query: '', headers, body, source: call.source },
  }
  const signedHeaders = headers.map(([name]) => name as string).sort()
  const credential: Credential = {
    ...{
      accessKeyId: signer.accessKeyId,
      date: time.slice(0, 8),
      region: call.region,
      service: call.service,
    },
    ...{ signedHeaders, signature: '', time, sessionToken: signer.token, presigned: undefined },
  }
  const signature = planSignature(incoming, credential, signer.secretAccessKey, hash)
  const scope = `${credential.date}/${call.region}/${call.service}/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/${scope}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`
  return { ...incoming, headers: [...headers, ['authorization', authorization]] }
}

/** S3 answers in XML. */
const parseXmlFailure = (text: string): CallFailed => {
  const part = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
  return new CallFailed(part('Code') ?? 'UnknownError', part('Message') ?? 'no message')
}

const parseFailure = (body: Buffer): CallFailed => {
  if (!body.toString().startsWith('{')) return parseXmlFailure(body.toString())
  const said = JSON.parse(body.toString()) as { __type?: string; message?: string; Message?: string }
  const code = said.__type?.split('#').at(-1) ?? 'UnknownError'
  return new CallFailed(code, said.message ?? said.Message ?? 'no message')
}

/**
 * A call that comes from no socket: what an agent on a machine would ask AWS, asked here on its behalf, signed,
 * judged and written into the journal as if it had. Rejects with CallFailed.
 */
const answerInside = async (
  gateway: Pick<Gateway, 'desk' | 'journal'>,
  call: JsonCall | RestCall,
  signer: Signer,
): Promise<Buffer> => {
  const [time, began] = [new Date(), performance.now()]
  const stamp = `${time.toISOString().replace(/[-:]|\.\d+/g, '')}`
  const incoming = planIncoming(call, signer, stamp)
  const answered = await answer(gateway.desk, incoming)
  gateway.journal.write(planRecord(incoming, answered, time, performance.now() - began))
  const { status, body } = answered.reply
  if (status >= 300) throw parseFailure(body)
  return body
}

export const callInside = async <Output>(
  gateway: Pick<Gateway, 'desk' | 'journal'>,
  call: JsonCall,
  signer: Signer,
): Promise<Output> => {
  const body = await answerInside(gateway, call, signer)
  return JSON.parse(body.length === 0 ? '{}' : body.toString()) as Output
}

export const putInside = async (
  gateway: Pick<Gateway, 'desk' | 'journal'>,
  call: RestCall,
  signer: Signer,
): Promise<void> => void (await answerInside(gateway, call, signer))
