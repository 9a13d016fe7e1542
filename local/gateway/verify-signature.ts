import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { planCanonicalRequest } from './canonical-request.ts'
import type { Credential } from './credential.ts'
import { headerOf, type Incoming } from './incoming.ts'
import type { Principal } from './principals.ts'

/** Why a request is refused; errors.ts knows what each service calls it. */
export type Refusal =
  | 'signature'
  | 'payload'
  | 'token'
  | 'expired-session'
  | 'expired-url'
  | 'unsigned-headers'

const sha256 = (data: string | Buffer): string => hash('sha256', data)
const hmac = (key: string | Buffer, data: string): Buffer =>
  createHmac('sha256', key).update(data, 'latin1').digest()

const keys = new Map<string, Buffer>()

/** Four HMACs that stay the same all day. */
const signingKey = (secret: string, { date, region, service }: Credential): Buffer => {
  const name = `${secret}/${date}/${region}/${service}`
  const known = keys.get(name)
  if (known !== undefined) return known
  const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, date)) as Buffer
  if (keys.size > 1000) keys.clear()
  keys.set(name, key)
  return key
}

/** `UNSIGNED-PAYLOAD`, `STREAMING-…`: words that stand where the hash of the body would. */
const isWord = (value: string): boolean => value === 'UNSIGNED-PAYLOAD' || value.startsWith('STREAMING-')

const planPayloadHash = (incoming: Incoming, credential: Credential): string | undefined => {
  const declared = headerOf(incoming, 'x-amz-content-sha256')
  if (declared !== undefined && isWord(declared)) return declared
  if (credential.presigned !== undefined && credential.service === 's3') return declared ?? 'UNSIGNED-PAYLOAD'
  const actual = sha256(incoming.body)
  return declared === undefined || declared === actual ? actual : undefined
}

/** Milliseconds since 1970. @param time YYYYMMDDTHHMMSSZ */
export const dateOf = (time: string): number => {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time)
  return parts === null
    ? Number.NaN
    : Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`)
}

/** Otherwise a header could be changed or added on the way without anybody seeing it. */
const signsEnough = (incoming: Incoming, { signedHeaders }: Credential): boolean =>
  signedHeaders.includes('host') &&
  incoming.headers.every(
    ([name]) => !name.startsWith('x-amz-') || name === 'x-amz-signature' || signedHeaders.includes(name),
  )

const matches = (expected: string, given: string): boolean => {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export const planSignature = (
  incoming: Incoming,
  credential: Credential,
  secret: string,
  payloadHash: string,
): string => {
  const { time, date, region, service } = credential
  const canonical = Buffer.from(planCanonicalRequest(incoming, credential, payloadHash), 'latin1')
  const toSign = [
    'AWS4-HMAC-SHA256',
    time,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join('\n')
  return hmac(signingKey(secret, credential), toSign).toString('hex')
}

/**
 * undefined: the request is what the holder of the secret signed. The age of a signature is not looked at,
 * because the clock of a laptop jumps; only what says when it ends (presigned URL, session) is held to it.
 */
export const verifySignature = (
  incoming: Incoming,
  credential: Credential,
  principal: Principal,
  now: number,
): Refusal | undefined => {
  if ((principal.sessionToken ?? undefined) !== credential.sessionToken) return 'token'
  if (principal.expiration !== null && Date.parse(principal.expiration) <= now) return 'expired-session'
  if (!signsEnough(incoming, credential)) return 'unsigned-headers'
  const signedAt = dateOf(credential.time)
  if (!credential.time.startsWith(credential.date) || Number.isNaN(signedAt)) return 'signature'
  const payloadHash = planPayloadHash(incoming, credential)
  if (payloadHash === undefined) return 'payload'
  if (
    !matches(
      planSignature(incoming, credential, principal.secretAccessKey, payloadHash),
      credential.signature,
    )
  )
    return 'signature'
  // Looked at last: a stranger with a forged URL shall not learn more than that it is forged.
  if (credential.presigned !== undefined && !(signedAt + credential.presigned.expires * 1000 > now))
    return 'expired-url'
  return undefined
}
