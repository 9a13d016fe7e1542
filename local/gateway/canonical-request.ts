import type { Credential } from './credential.ts'
import type { Incoming } from './incoming.ts'

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// Characters are bytes here (latin1): a path may hold bytes that are no UTF-8, and they are signed as sent.

const unreserved = /[A-Za-z0-9\-._~]/

const table = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  return unreserved.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
})

const encode = (bytes: string): string => {
  let text = ''
  for (let index = 0; index < bytes.length; index += 1) text += table[bytes.charCodeAt(index) & 255]
  return text
}

const decode = (text: string): string =>
  text.includes('%')
    ? text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text

/** RFC 3986 5.2.4, and `//` counts as one slash. */
const withoutDots = (path: string): string => {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`
}

/** S3 encodes the key once and takes it literally; the others encode what already is encoded, normalised. */
export const planCanonicalPath = (path: string, service: string): string => {
  const literal = service === 's3' ? decode(path) : withoutDots(path)
  return literal.split('/').map(encode).join('/')
}

export const planCanonicalQuery = (query: string): string =>
  query
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('X-Amz-Signature='))
    .map((part) => {
      const [name = '', value = ''] = part.split(/=(.*)/s, 2)
      return [encode(decode(name.replaceAll('+', ' '))), encode(decode(value.replaceAll('+', ' ')))] as const
    })
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

const planCanonicalHeaders = (headers: Incoming['headers'], signed: readonly string[]): string =>
  signed
    .map((name) => {
      const values = headers
        .filter(([key]) => key === name)
        .map(([, value]) => value.trim().replace(/\s+/g, ' '))
      return `${name}:${values.join(',')}\n`
    })
    .join('')

export const planCanonicalRequest = (
  incoming: Incoming,
  credential: Credential,
  payloadHash: string,
): string =>
  [
    incoming.method,
    planCanonicalPath(incoming.path, credential.service),
    planCanonicalQuery(incoming.query),
    planCanonicalHeaders(incoming.headers, credential.signedHeaders),
    credential.signedHeaders.join(';'),
    payloadHash,
  ].join('\n')
