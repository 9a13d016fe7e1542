import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AttachRolePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccess } from '../../../local/access/access.ts'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import { createDoorkeeper } from '../../../local/doors/doorkeeper.ts'
import { createActivity } from '../../../local/gateway/activity.ts'
import { createBackend } from '../../../local/gateway/backend.ts'
import type { JournalRecord } from '../../../local/gateway/journal.ts'
import { createPrincipals } from '../../../local/gateway/principals.ts'
import { createGatewayServer, type Gateway } from '../../../local/gateway/server.ts'
import { startShim } from '../../../local/gateway/shim.ts'
import { supervise } from '../../../local/gateway/supervisor.ts'
import type { CredentialsOf } from '../../../local/imds/credentials.ts'
import { clientsFor, python, region, root } from '../control/fixture.ts'
import { makeInstance } from '../imds/instance.ts'
import { type Guest, startGuest, withoutRoot } from './namespace.ts'

/** What the daemon is made of, without its own entry and exit: real moto, real signatures, real journal records. */
const folder = mkdtempSync(join(tmpdir(), 'graviton-calls-'))
const records: JournalRecord[] = []
const undo: (() => unknown)[] = []
const instance = makeInstance()
let guest: Guest

const openGateway = async (): Promise<{ gateway: Gateway; target: LocalTarget }> => {
  const state = join(folder, 'local')
  mkdirSync(state, { mode: 0o700 })
  const log = () => {}
  const now = () => performance.now()
  const start = () => startShim({ python, root, folder: state, token: 'shim', log })
  const supervisor = supervise({ start, log, now, onFailed: (failure) => console.error(failure) })
  undo.push(() => supervisor.stop())
  const first = await supervisor.settled(60_000)
  if (first?.kind !== 'ready') throw new Error('moto did not start')
  const backend = createBackend(supervisor, 'shim')
  undo.push(() => backend.close())
  const principals = createPrincipals(backend.findPrincipal)
  const access = createAccess({ ask: backend.ask, operator: first.ready.operator.arn, now: Date.now, log })
  const gateway: Gateway = {
    desk: { backend, principals, access, owners: {}, log, now: Date.now },
    internal: { token: 'secret' } as Gateway['internal'],
    journal: { write: (record) => records.push(record), flush: () => {}, close: () => {} },
    activity: createActivity(now),
  }
  const server = createGatewayServer(gateway)
  undo.push(() => server.close())
  await new Promise<void>((done) => server.listen({ host: '127.0.0.1', port: 0 }, () => done()))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { accountId, operator } = first.ready
  return { gateway, target: { ...operator, endpoint, accountId, pid: 0, started: true } }
}

/** As the daemon will get them from the shim. */
const openRoles = async ({ sts, iam }: ReturnType<typeof clientsFor>): Promise<CredentialsOf> => {
  const trust = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
  for (const RoleName of ['kiro-ec2-alice', 'kiro-readonly-alice'])
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  await iam.send(
    new AttachRolePolicyCommand({
      RoleName: 'kiro-ec2-alice',
      PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    }),
  )
  const RoleArn = `arn:aws:iam::${instance.accountId}:role/kiro-ec2-alice`
  return async (RoleSessionName) => {
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }))
    return {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      token: Credentials?.SessionToken ?? '',
      expiration: Credentials?.Expiration?.toISOString() ?? '',
      lastUpdated: new Date().toISOString(),
      roleName: 'kiro-ec2-alice',
      roleArn: RoleArn,
    }
  }
}

const profiles = `[profile readonly]
role_arn = arn:aws:iam::${instance.accountId}:role/kiro-readonly-alice
credential_source = Ec2InstanceMetadata
role_session_name = alice
`

const environment = {
  HOME: folder,
  AWS_CA_BUNDLE: join(folder, 'tls', 'ca.pem'),
  AWS_CONFIG_FILE: join(folder, 'config'),
  AWS_DEFAULT_REGION: region,
}
const aws = (...argv: string[]): Promise<string> =>
  guest.run(['aws', '--output', 'json', ...argv], environment)
const curl = (...argv: string[]) => guest.run(['curl', '-sS', '--cacert', environment.AWS_CA_BUNDLE, ...argv])

beforeAll(async () => {
  if (withoutRoot) return
  writeFileSync(environment.AWS_CONFIG_FILE, profiles)
  const { gateway, target } = await openGateway()
  const credentialsOf = await openRoles(clientsFor(target))
  const tls = join(folder, 'tls')
  const keeper = await createDoorkeeper({
    root,
    python,
    folder: tls,
    gateway,
    credentialsOf,
    keysOf: () => ({}),
    mirror: undefined,
    log: console.error,
  })
  undo.push(() => keeper.close())
  guest = await startGuest()
  undo.push(() => guest.close())
  const doors = await keeper.open(
    guest.pid,
    () => instance,
    () => {},
  )
  undo.push(() => doors.close())
}, 120_000)
afterAll(async () => {
  for (const step of undo.reverse()) await step()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(withoutRoot)('the AWS CLI in a guest (needs root)', () => {
  test('is the role of its instance, by the credentials of its metadata', async () => {
    expect(JSON.parse(await aws('sts', 'get-caller-identity'))).toMatchObject({
      Account: instance.accountId,
      Arn: `arn:aws:sts::${instance.accountId}:assumed-role/kiro-ec2-alice/${instance.instanceId}`,
    })
    expect(records.at(-1)).toMatchObject({
      service: 'sts',
      operation: 'GetCallerIdentity',
      region,
      status: 200,
    })
    expect(records.at(-1)?.source).toMatch(/^10\.20\.16\.4:\d+$/)
  })

  test('takes another role through a profile', async () => {
    expect(JSON.parse(await aws('sts', 'get-caller-identity', '--profile', 'readonly'))).toMatchObject({
      Arn: `arn:aws:sts::${instance.accountId}:assumed-role/kiro-readonly-alice/alice`,
    })
  })

  test('keeps files in S3, with the bucket in the name of the host', async () => {
    const file = join(folder, 'a file+ü.txt')
    writeFileSync(file, 'content')
    await aws('s3', 'mb', 's3://graviton-calls')
    await aws('s3', 'cp', file, 's3://graviton-calls/deep/')
    expect(await aws('s3', 'cp', 's3://graviton-calls/deep/a file+ü.txt', '-')).toBe('content')
    const { Contents } = JSON.parse(await aws('s3api', 'list-objects-v2', '--bucket', 'graviton-calls'))
    expect(Contents).toMatchObject([{ Key: 'deep/a file+ü.txt', Size: 7 }])
    const put = records.find(({ operation }) => operation === 'PutObject')
    expect(put?.parameters).toMatchObject({ bucket: 'graviton-calls' })
    expect(records.map(({ status }) => status).filter((status) => status >= 400)).toEqual([])
  })

  test('with keys of another AWS is refused', async () => {
    const foreign = { ...environment, AWS_ACCESS_KEY_ID: 'AKIAFOREIGN', AWS_SECRET_ACCESS_KEY: 'x' }
    await expect(guest.run(['aws', 'sts', 'get-caller-identity'], foreign)).rejects.toThrow(
      /InvalidClientTokenId/,
    )
  })
})

describe.skipIf(withoutRoot)('the endpoint in a guest (needs root)', () => {
  test.each(['health', 'status', 'stop'])('answers no question about the daemon: %s', async (question) => {
    const asked = `https://sts.${region}.amazonaws.com/_local/${question}`
    expect(await curl('-H', 'x-local-token: secret', asked)).toMatch(
      /<Code>AccessDenied|MissingAuthentication/,
    )
  })

  test('knows a bucket by the name of the host', async () => {
    await curl('-o', '/dev/null', `https://some-bucket.s3.dualstack.${region}.amazonaws.com/a/key`)
    expect(records.at(-1)).toMatchObject({
      operation: 'GetObject',
      status: 403,
      parameters: { bucket: 'some-bucket', key: 'a/key' },
    })
  })

  test('answers to no name that is not of AWS', async () => {
    const evil = ['--connect-to', 'evil.example:443:169.254.169.253:443', '-k', 'https://evil.example/']
    expect(await curl(...evil)).toBe('only names below amazonaws.com are answered\n')
  })
})
