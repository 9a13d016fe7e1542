import { SignatureV4 } from '@smithy/signature-v4'
import { Sha256 } from '../../connect/sha256.ts'
import type { SdkConfig } from '../target.ts'
import { awsCall } from './call.ts'
import { loadCredentials } from './quick-credentials.ts'

const patience = 30_000

interface Refusal {
  readonly __type?: string
  readonly message?: string
  readonly Message?: string
}

/** As the SDK would throw it, so that it is explained like any other. */
const failureOf = (httpStatusCode: number, text: string): Error => {
  const said = text.startsWith('{') ? (JSON.parse(text) as Refusal) : {}
  const name = said.__type?.split('#').at(-1) ?? `HTTP ${httpStatusCode}`
  const error = new Error(said.message ?? said.Message ?? name)
  return Object.assign(error, { name, $metadata: { httpStatusCode } })
}

/** fetch hides what has happened to the connection one level down. */
const lost = (error: unknown): never => {
  const { cause } = error as { cause?: NodeJS.ErrnoException }
  throw cause instanceof Error ? cause : error
}

const ask = async (
  sdk: SdkConfig,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> => {
  const { region } = sdk
  const endpoint =
    sdk.endpoint ?? process.env.AWS_ENDPOINT_URL ?? `https://route53resolver.${region}.amazonaws.com`
  const url = new URL(endpoint)
  const { accessKeyId, secretAccessKey, sessionToken } = await loadCredentials(sdk)
  const signer = new SignatureV4({
    ...{ service: 'route53resolver', region, sha256: Sha256 },
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  })
  const body = JSON.stringify(input)
  const headers = {
    host: url.host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `Route53Resolver.${operation}`,
  }
  const request = { method: 'POST', protocol: url.protocol, hostname: url.hostname, path: '/', headers, body }
  const signed = await signer.sign(request)
  const answer = await fetch(url, {
    ...{ method: 'POST', headers: signed.headers, body },
    signal: AbortSignal.timeout(patience),
  }).catch(lost)
  const text = await answer.text()
  if (!answer.ok) throw failureOf(answer.status, text)
  return JSON.parse(text) as Record<string, unknown>
}

/**
 * One call to Route 53 Resolver. The SDK has a client, but only in a version that brings a second copy of everything
 * below it, and what is asked here are three lists after a run that was cut off.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53_Resolver.html
 */
export const askResolver = (
  sdk: SdkConfig,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> =>
  awsCall(`ask Route 53 Resolver (${operation})`, () => ask(sdk, operation, input))
