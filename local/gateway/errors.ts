import type { Call, Protocol } from './classify.ts'
import type { Reply } from './reply.ts'
import type { Refusal } from './verify-signature.ts'

export interface AwsError {
  readonly status: number
  readonly code: string
  readonly message: string
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escapeXml = (text: string): string =>
  text.replace(/[&<>]/g, (character) => escapes[character] as string)

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

const renderXml = (protocol: Protocol, { status, code, message }: AwsError, id: string): string => {
  const inner = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`
  if (protocol === 's3') return `${declaration}<Error>${inner}<RequestId>${id}</RequestId></Error>`
  if (protocol === 'ec2')
    return `${declaration}<Response><Errors><Error>${inner}</Error></Errors><RequestID>${id}</RequestID></Response>`
  const type = status < 500 ? 'Sender' : 'Receiver'
  return `${declaration}<ErrorResponse><Error><Type>${type}</Type>${inner}</Error><RequestId>${id}</RequestId></ErrorResponse>`
}

/** One error in the shape that the protocol's SDKs read. They retry, or choke on, anything else. */
export const renderAwsError = (call: Pick<Call, 'protocol'>, error: AwsError, id: string): Reply => {
  const json = call.protocol === 'json' || call.protocol === 'rest-json'
  const text = json
    ? JSON.stringify({ __type: error.code, message: error.message, Message: error.message })
    : renderXml(call.protocol, error, id)
  const types = {
    json: 'application/x-amz-json-1.1',
    'rest-json': 'application/json',
    s3: 'application/xml',
  } as const
  const type =
    call.protocol === 'ec2' || call.protocol === 'query' ? 'text/xml;charset=UTF-8' : types[call.protocol]
  return {
    status: error.status,
    headers: [
      ['content-type', type],
      [call.protocol === 's3' ? 'x-amz-request-id' : 'x-amzn-requestid', id],
      ['x-amzn-errortype', error.code],
    ],
    body: Buffer.from(text),
  }
}

type Reason = Refusal | 'no-signature' | 'old-signature' | 'unknown-key'
type Named = readonly [status: number, code: string]

/** What each protocol calls the same mishap. ec2: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const codes: Readonly<Record<Reason, Readonly<Record<Protocol, Named>>>> = {
  'no-signature': same(403, 'MissingAuthenticationToken', {
    s3: [403, 'AccessDenied'],
    json: [400, 'MissingAuthenticationTokenException'],
  }),
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, "InvalidRequest"
  'old-signature': same(400, 'InvalidRequest', {}),
  'unknown-key': same(403, 'InvalidClientTokenId', {
    ec2: [401, 'AuthFailure'],
    s3: [403, 'InvalidAccessKeyId'],
    ...json('UnrecognizedClientException'),
  }),
  token: same(403, 'InvalidClientTokenId', {
    ec2: [401, 'AuthFailure'],
    s3: [400, 'InvalidToken'],
    ...json('UnrecognizedClientException'),
  }),
  'expired-session': same(403, 'ExpiredToken', {
    ec2: [400, 'RequestExpired'],
    s3: [400, 'ExpiredToken'],
    ...json('ExpiredTokenException'),
  }),
  signature: same(403, 'SignatureDoesNotMatch', json('InvalidSignatureException')),
  'unsigned-headers': same(403, 'SignatureDoesNotMatch', {
    s3: [403, 'AccessDenied'],
    ...json('InvalidSignatureException'),
  }),
  payload: same(403, 'SignatureDoesNotMatch', {
    s3: [400, 'XAmzContentSHA256Mismatch'],
    ...json('InvalidSignatureException'),
  }),
  'expired-url': same(403, 'RequestExpired', { s3: [403, 'AccessDenied'] }),
}

const sentences: Readonly<Record<Reason, string>> = {
  'no-signature': 'The request carries no signature of version 4.',
  'old-signature':
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256 (aws configure set default.s3.signature_version s3v4).',
  'unknown-key': 'The access key of the request is not one of this target.',
  token: 'The security token of the request is not the one that belongs to its access key.',
  'expired-session': 'The security token of the request has expired.',
  signature:
    'The signature of the request does not match the one calculated from the secret of its access key.',
  'unsigned-headers': 'There were headers present in the request which were not signed.',
  payload: 'The body of the request is not the one that was signed.',
  'expired-url': 'Request has expired.',
}

const whereYouAre =
  'This is the embedded local target, not AWS; it takes only its own credentials, which `npm run local:env` prints.'

function same(
  status: number,
  code: string,
  others: Partial<Record<Protocol, Named>>,
): Record<Protocol, Named> {
  const named = [status, code] as const
  return { ec2: named, query: named, json: named, 'rest-json': named, s3: named, ...others }
}

function json(code: string): Partial<Record<Protocol, Named>> {
  return { json: [400, code], 'rest-json': [403, code] }
}

export const planRefusal = (protocol: Protocol, reason: Reason): AwsError => {
  const [status, code] = codes[reason][protocol]
  return { status, code, message: `${sentences[reason]} ${whereYouAre}` }
}
