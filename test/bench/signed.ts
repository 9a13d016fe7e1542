import { createHash } from 'node:crypto'
import { type Agent, request } from 'node:http'
import { planSignature } from '../../local/gateway/verify-signature.ts'

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}

export interface Question {
  readonly service: string
  /** `<service>/<Operation>` as the gateway tells the shim. */
  readonly label: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body: string
}

export interface Signed {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

/** AWS Signature Version 4 of a whole request, made before the clock starts. */
export const sign = (question: Question, port: number, keys: Keys, now: Date): Signed => {
  const { method, path, service } = question
  const body = Buffer.from(question.body)
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const payload = createHash('sha256').update(body).digest('hex')
  const form = method === 'POST' ? [['content-type', 'application/x-www-form-urlencoded'] as const] : []
  const headers = [
    ...form,
    ['host', `127.0.0.1:${port}`] as const,
    ['x-amz-content-sha256', payload] as const,
    ['x-amz-date', time] as const,
  ]
  const credential = {
    ...{ accessKeyId: keys.accessKeyId, region: keys.region, service, time, date: time.slice(0, 8) },
    ...{ signature: '', sessionToken: undefined, presigned: undefined },
    signedHeaders: headers.map(([name]) => name),
  }
  const incoming = { id: '', method, path, query: '', headers, body, source: '' }
  const signature = planSignature(incoming, credential, keys.secretAccessKey, payload)
  const scope = `${keys.accessKeyId}/${credential.date}/${keys.region}/${service}/aws4_request`
  const signed = credential.signedHeaders.join(';')
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${signed}, Signature=${signature}`
  return { method, path, body, headers: [...headers, ['authorization', authorization]] }
}

/** A port of loopback, or a socket file. */
export type Place = { readonly host: string; readonly port: number } | { readonly socketPath: string }

export const loopback = (port: number): Place => ({ host: '127.0.0.1', port })

/** One request on the one connection of the agent; resolves to milliseconds from the first byte to the last. */
export const ask = (agent: Agent, place: Place, signed: Signed): Promise<number> =>
  new Promise((done, fail) => {
    const began = performance.now()
    const headers = [...signed.headers, ['content-length', String(signed.body.length)]].flat()
    const sent = request({
      ...{ agent, ...place, setHost: false, headers },
      ...{ method: signed.method, path: signed.path },
    })
    sent.on('error', fail)
    sent.on('response', (message) => {
      const chunks: Buffer[] = []
      message.on('data', (chunk: Buffer) => chunks.push(chunk))
      message.on('error', fail)
      message.on('end', () => {
        const took = performance.now() - began
        if (message.statusCode === 200) return done(took)
        fail(new Error(`${signed.method} ${signed.path}: ${message.statusCode} ${Buffer.concat(chunks)}`))
      })
    })
    sent.end(signed.body)
  })

export const identity: Question = {
  ...{ service: 'sts', label: 'sts/GetCallerIdentity', method: 'POST', path: '/' },
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
}

export const makeBucket = (name: string, region: string): Question => ({
  ...{ service: 's3', label: 's3/PUT', method: 'PUT', path: `/${name}` },
  body: `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
})

/** From the lines that `local:env` prints. */
export const keysOf = (env: Readonly<Record<string, string>>): Keys & { readonly port: number } => ({
  accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
  secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
  region: env.AWS_REGION ?? '',
  port: Number(new URL(env.AWS_ENDPOINT_URL ?? '').port),
})
