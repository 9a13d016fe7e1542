import { createHash, createHmac } from 'node:crypto'
import type { LocalTarget } from '../../../local/control/ensure.ts'

const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()
const sha256 = (data: string) => createHash('sha256').update(data).digest('hex')

/** A signed call of KMS, without its SDK; rejects with what KMS says. */
export const callKms = async <Output>(
  { endpoint, accessKeyId, secretAccessKey }: LocalTarget,
  operation: string,
  input: object,
): Promise<Output> => {
  const [body, { host }] = [JSON.stringify(input), new URL(endpoint)]
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = [time.slice(0, 8), 'us-west-2', 'kms', 'aws4_request']
  const target = `TrentService.${operation}`
  const signed = 'host;x-amz-date;x-amz-target'
  const canonical = ['POST', '/', '', `host:${host}`, `x-amz-date:${time}`, `x-amz-target:${target}`, '']
  const request = sha256([...canonical, signed, sha256(body)].join('\n'))
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  const signature = hmac(key as Buffer, ['AWS4-HMAC-SHA256', time, scope.join('/'), request].join('\n'))
  const response = await fetch(endpoint, {
    ...{ method: 'POST', body },
    headers: {
      ...{ 'content-type': 'application/x-amz-json-1.1', 'x-amz-date': time, 'x-amz-target': target },
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${signed}, Signature=${signature.toString('hex')}`,
    },
  })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as Output
}
