import type { Reply } from '../../../local/gateway/reply.ts'
import type { Instance } from '../../../local/guests/instance.ts'
import { answerMetadata, type MetadataDesk } from '../../../local/imds/answer.ts'
import {
  type CredentialsOf,
  createRoleSessions,
  type RoleCredentials,
} from '../../../local/imds/credentials.ts'
import { createTokens } from '../../../local/imds/tokens.ts'
import { type Differences, makeInstance } from './instance.ts'

export const credentials: RoleCredentials = {
  accessKeyId: 'ASIA1',
  secretAccessKey: 'secret',
  token: 'session',
  expiration: '2026-05-04T18:00:00Z',
  lastUpdated: '2026-05-04T12:00:00.000Z',
  roleName: 'kiro-ec2-alice',
  roleArn: 'arn:aws:iam::111122223333:role/kiro-ec2-alice',
}
export const noon = Date.parse('2026-05-04T12:00:00Z')

export const openDesk = (
  ask: CredentialsOf = async () => credentials,
  now = () => noon,
  keys: Record<string, string> = {},
): MetadataDesk => ({
  tokens: createTokens(now),
  sessions: createRoleSessions(ask, now),
  keysOf: () => keys,
})

interface Asked {
  readonly instance?: Instance
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly from?: string
  readonly desk?: MetadataDesk
}

export const ask = (path: string, { instance, method, headers, from, desk }: Asked = {}) =>
  answerMetadata(desk ?? openDesk(), instance ?? makeInstance({ metadata: { tokens: 'optional' } }), {
    method: method ?? 'GET',
    path,
    header: (name) => headers?.[name],
    from: from ?? '169.254.169.254',
  })

export const text = async (
  path: string,
  differences: Differences = {},
  asked: Asked = {},
): Promise<string> => {
  const metadata = { tokens: 'optional', ...differences.metadata } as const
  const reply = await ask(path, { ...asked, instance: makeInstance({ ...differences, metadata }) })
  return reply?.status === 200 ? reply.body.toString() : String(reply?.status)
}

export const ttl = (value: string) => ({ 'x-aws-ec2-metadata-token-ttl-seconds': value })
export const issue = (desk: MetadataDesk, seconds = '60', asked: Asked = {}) =>
  ask('/latest/api/token', { method: 'PUT', headers: ttl(seconds), desk, ...asked })
export const header = (reply: Reply | undefined, name: string) =>
  reply?.headers.find(([key]) => key === name)?.[1]
