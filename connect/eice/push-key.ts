import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { SignatureV4 } from '@smithy/signature-v4'
import { agentFor, findProxy, publicPart } from '../proxy.ts'
import { Sha256 } from '../sha256.ts'
import type { Credentials } from './presign.ts'

/** For whom a key is to be valid for a minute. */
export interface KeyPush {
  readonly region: string
  readonly instanceId: string
  /** Unix user. */
  readonly user: string
  /** OpenSSH line. */
  readonly publicKey: string
}

export interface PushOptions {
  /** Instead of the endpoint of AWS, for an AWS that is elsewhere. */
  readonly endpoint: string | undefined
  readonly seconds: number
  readonly signal: AbortSignal
  readonly now: Date
}

/** AWS has refused the key; `code` is its word for why. */
export class KeyRefused extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Nobody has answered. */
export class NoAnswer extends Error {}

interface Answer {
  readonly status: number
  readonly body: string
}

const longestAnswer = 65_536

const exchange = async (
  url: URL,
  headers: Record<string, string>,
  body: string,
  { seconds, signal }: PushOptions,
): Promise<Answer> => {
  const proxy = findProxy(url.href)
  const agent = await agentFor(proxy)
  const request = url.protocol === 'https:' ? requestTls : requestPlain
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(
        new NoAnswer(proxy === undefined ? error.message : `through ${publicPart(proxy)}: ${error.message}`),
      )
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)])
    const asked = request(
      url,
      { method: 'POST', headers, signal: timeout, ...(agent === undefined ? {} : { agent }) },
      (message) => {
        let text = ''
        message.setEncoding('utf8')
        message.on('data', (part: string) => {
          text = (text + part).slice(0, longestAnswer)
        })
        message.on('end', () => {
          const status = message.statusCode ?? 0
          // AWS answers in JSON.
          if (text.startsWith('{')) resolve({ status, body: text })
          else fail(new Error(`HTTP status ${status}`))
        })
        message.on('error', fail)
      },
    )
    asked.on('error', fail)
    asked.end(body)
  })
}

const parseRefusal = ({ status, body }: Answer): KeyRefused => {
  const said = JSON.parse(body) as { __type?: string; message?: string; Message?: string }
  const code = said.__type?.split('#').at(-1) ?? `HTTP ${status}`
  return new KeyRefused(code, said.message ?? said.Message ?? code)
}

/**
 * SendSSHPublicKey, without a client of the SDK: this is done at each ssh, and loading one takes longer than the call.
 * https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html
 */
export const pushKey = async (
  push: KeyPush,
  credentials: Credentials,
  options: PushOptions,
): Promise<void> => {
  const url = new URL(options.endpoint ?? `https://ec2-instance-connect.${push.region}.amazonaws.com`)
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const signer = new SignatureV4({
    ...{ service: 'ec2-instance-connect', region: push.region, sha256: Sha256 },
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  })
  const body = JSON.stringify({
    InstanceId: push.instanceId,
    InstanceOSUser: push.user,
    SSHPublicKey: push.publicKey,
  })
  const headers = {
    host: url.host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AWSEC2InstanceConnectService.SendSSHPublicKey',
  }
  const target = { method: 'POST', protocol: url.protocol, hostname: url.hostname, path: '/', headers, body }
  const signed = await signer.sign(target, { signingDate: options.now })
  const answer = await exchange(url, signed.headers, body, options)
  if (answer.status !== 200) throw parseRefusal(answer)
}
