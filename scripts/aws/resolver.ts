import { SignatureV4 } from '@smithy/signature-v4'
import { UserError } from '../../config/user-error.ts'
import { Sha256 } from '../../connect/sha256.ts'
import type { SdkConfig } from '../target.ts'
import { loadCredentials } from './quick-credentials.ts'

/** Most characters of an answer that a refusal repeats. */
const longestRefusal = 300
const patience = 30_000

/**
 * One call to Route 53 Resolver. The SDK has a client, but only in a version that brings a second copy of everything
 * below it, and what is asked here are three lists after a run that was cut off.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53_Resolver.html
 */
export const askResolver = async (
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
  })
  const text = await answer.text()
  if (!answer.ok)
    throw new UserError(`AWS refused ${operation}: ${text.slice(0, longestRefusal)}`, {
      hint: `your login needs route53resolver:${operation}`,
    })
  return JSON.parse(text) as Record<string, unknown>
}
