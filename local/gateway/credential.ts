import { headerOf, type Incoming } from './incoming.ts'

/** What a request says about its signer. Nothing of it is believed before verify-signature.ts agrees. */
export interface Credential {
  readonly accessKeyId: string
  /** YYYYMMDD */
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** YYYYMMDDTHHMMSSZ */
  readonly time: string
  readonly sessionToken: string | undefined
  /** Set when the signature is in the query string: seconds until it expires. */
  readonly presigned: { readonly expires: number } | undefined
}

const algorithm = 'AWS4-HMAC-SHA256'

const splitScope = (credential: string) => {
  const parts = credential.split('/')
  if (parts.length !== 5 || parts[4] !== 'aws4_request') return undefined
  const [accessKeyId, date, region, service] = parts as [string, string, string, string]
  return accessKeyId === '' || service === '' ? undefined : { accessKeyId, date, region, service }
}

const parseHeader = (incoming: Incoming, value: string): Credential | undefined => {
  // Credential=…, SignedHeaders=…, Signature=…: the space after the comma is optional.
  const fields = new Map(
    value
      .slice(algorithm.length)
      .split(',')
      .map((field) => field.trim().split(/=(.*)/s, 2) as [string, string]),
  )
  const scope = splitScope(fields.get('Credential') ?? '')
  const signedHeaders = fields.get('SignedHeaders')
  const signature = fields.get('Signature')
  const time = headerOf(incoming, 'x-amz-date')
  if (scope === undefined || signedHeaders === undefined || signature === undefined || time === undefined)
    return undefined
  return {
    ...scope,
    signedHeaders: signedHeaders.split(';'),
    signature,
    time,
    sessionToken: headerOf(incoming, 'x-amz-security-token'),
    presigned: undefined,
  }
}

/** Seconds a presigned URL is good for when it does not say. */
const defaultExpiry = 900

const parseQuery = (incoming: Incoming): Credential | undefined => {
  const query = new URLSearchParams(incoming.query)
  const scope = splitScope(query.get('X-Amz-Credential') ?? '')
  const signedHeaders = query.get('X-Amz-SignedHeaders')
  const signature = query.get('X-Amz-Signature')
  const time = query.get('X-Amz-Date')
  if (scope === undefined || signedHeaders === null || signature === null || time === null) return undefined
  return {
    ...scope,
    signedHeaders: signedHeaders.split(';'),
    signature,
    time,
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    presigned: { expires: Number(query.get('X-Amz-Expires') ?? defaultExpiry) },
  }
}

/** undefined: there is no signature of version 4 that could be read. */
export const parseCredential = (incoming: Incoming): Credential | undefined => {
  const header = headerOf(incoming, 'authorization')
  if (header !== undefined)
    return header.startsWith(`${algorithm} `) ? parseHeader(incoming, header) : undefined
  return incoming.query.includes(`X-Amz-Algorithm=${algorithm}`) ? parseQuery(incoming) : undefined
}

/** What `aws s3 presign` of the AWS CLI 1 makes unless told otherwise; AWS itself refuses it for newer buckets. */
export const usesVersion2 = (incoming: Incoming): boolean =>
  /(?:^|&)AWSAccessKeyId=/.test(incoming.query) ||
  (headerOf(incoming, 'authorization')?.startsWith('AWS ') ?? false)
