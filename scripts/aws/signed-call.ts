import { SignatureV4 } from '@smithy/signature-v4'
import { Sha256 } from '../../connect/sha256.ts'
import type { SdkConfig } from '../target.ts'
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
  const code = said.__type?.split('#').at(-1) ?? /<Code>([^<]+)<\/Code>/.exec(text)?.[1]
  const name = code ?? `HTTP ${httpStatusCode}`
  const error = new Error(said.message ?? said.Message ?? name)
  return Object.assign(error, { name, $metadata: { httpStatusCode } })
}

/** fetch hides what has happened to the connection one level down. */
const lost = (error: unknown): never => {
  const { cause } = error as { cause?: NodeJS.ErrnoException }
  throw cause instanceof Error ? cause : error
}

interface SignedCall {
  /** Name in the signature and, below amazonaws.com, of the host. */
  readonly service: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Text of the answer. For services whose client of the SDK would be brought along for one or two questions. */
export const askSigned = async (sdk: SdkConfig, { service, headers, body }: SignedCall): Promise<string> => {
  const { region } = sdk
  const endpoint =
    sdk.endpoint ?? process.env.AWS_ENDPOINT_URL ?? `https://${service}.${region}.amazonaws.com`
  const url = new URL(endpoint)
  const { accessKeyId, secretAccessKey, sessionToken } = await loadCredentials(sdk)
  const signer = new SignatureV4({
    ...{ service, region, sha256: Sha256 },
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  })
  const request = {
    ...{ method: 'POST', protocol: url.protocol, hostname: url.hostname, path: '/', body },
    headers: { ...headers, host: url.host },
  }
  const signed = await signer.sign(request)
  const answer = await fetch(url, {
    ...{ method: 'POST', headers: signed.headers, body },
    signal: AbortSignal.timeout(patience),
  }).catch(lost)
  const text = await answer.text()
  if (!answer.ok) throw failureOf(answer.status, text)
  return text
}

type Data = Readonly<Record<string, unknown>>

/** @param target what stands before the operation in the header x-amz-target */
export const askJson = async (
  sdk: SdkConfig,
  service: string,
  [target, operation]: readonly [string, string],
  input: Data,
): Promise<Data> => {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${target}.${operation}` }
  return JSON.parse(await askSigned(sdk, { service, headers, body: JSON.stringify(input) })) as Data
}
