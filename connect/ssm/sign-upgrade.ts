import { SignatureV4 } from '@smithy/signature-v4'
import type { Credentials } from '../eice/presign.ts'
import { Sha256 } from '../sha256.ts'

const isPresigned = (url: URL): boolean =>
  [...url.searchParams.keys()].some((key) => key.toLowerCase().startsWith('x-amz-'))

/**
 * Headers that sign the upgrade of a stream's address: AWS is going to ask for them, as the plugin does since
 * 1.2.764. None for an address that carries its signature itself.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/plugin-version-history.html
 */
export const signUpgrade = async (
  streamUrl: string,
  region: string,
  credentials: Credentials,
  now: Date,
): Promise<Record<string, string>> => {
  const url = new URL(streamUrl)
  if (isPresigned(url)) return {}
  const signer = new SignatureV4({
    ...{ service: 'ssmmessages', region, sha256: Sha256, applyChecksum: false },
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
    },
  })
  const { headers } = await signer.sign(
    {
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
    },
    { signingDate: now },
  )
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(authorization|x-amz-(date|security-token))$/i.test(name)),
  )
}
