import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Finding } from '../../config/finding.ts'
import { decideCaller, decideClock, findClock } from '../../scripts/doctor/account.ts'
import { countVcpus, decideQuota } from '../../scripts/doctor/quotas.ts'
import { type ClientConfig, openSession, root, type Session } from '../e2e/cli.ts'
import { consult, expectNote, expectWrong, parseReport } from './consult.ts'

const minutes = 60_000

let session: Session
let sdk: ClientConfig
beforeAll(async () => {
  session = openSession({ local: { machines: 'off' } })
  sdk = await session.sdkConfig()
}, 2 * minutes)
afterAll(() => session.close(), 2 * minutes)

/** As against the real AWS: settings say `aws`, and only the environment leads to the local one. */
const consultAsAws = async (settings: object, env: Record<string, string> = {}) => {
  const file = join(session.state, 'aws.json')
  writeFileSync(file, JSON.stringify({ target: 'aws', ...settings }))
  const child = spawn(
    process.execPath,
    [join(root, 'scripts', 'launch.mjs'), 'doctor', '--json', '--config', file],
    {
      env: {
        ...process.env,
        ...(await session.awsEnvironment()),
        ...{ KIRO_SANDBOX_STATE: session.state, HOME: session.state },
        ...env,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  let stdout = ''
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString()
  })
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return parseReport(code, stdout)
}

const account = { accountId: '111122223333', region: 'us-west-2' }

describe.sequential('credentials', { timeout: 3 * minutes }, () => {
  test('without accountId nothing is asked of AWS, and the setting is named', async () => {
    expectWrong(await consultAsAws({}), 'credentials', /target aws needs accountId/, /"accountId"/)
  })

  test('those of another account than the settings allow', async () => {
    const other = await consultAsAws({ ...account, accountId: '999988887777' })
    expectWrong(other, 'credentials', /are for account 111122223333, the settings allow only 999988887777/)
  })

  test('a key that AWS does not know', async () => {
    const unknown = await consultAsAws(account, { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' })
    expectWrong(unknown, 'credentials', /does not know these credentials/, /aws sso login/)
  })

  test('none at all', async () => {
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
    expectWrong(
      await consultAsAws(account, none),
      'credentials',
      /no usable AWS credentials/,
      /aws sso login/,
    )
  })

  test('a login of IAM Identity Center that has expired', async () => {
    const folder = join(session.state, '.aws')
    mkdirSync(join(folder, 'sso', 'cache'), { recursive: true })
    const config = [
      ...['[sso-session acme]', 'sso_start_url = https://acme.awsapps.com/start', 'sso_region = us-west-2'],
      ...[
        '[profile reader]',
        'sso_session = acme',
        'sso_account_id = 111122223333',
        'sso_role_name = Reader',
      ],
    ]
    writeFileSync(join(folder, 'config'), `${config.join('\n')}\n`)
    const token = { startUrl: 'https://acme.awsapps.com/start', region: 'us-west-2', accessToken: 'a-secret' }
    const name = createHash('sha1').update('acme').digest('hex')
    const expiresAt = new Date(Date.now() - 2 * 60 * minutes).toISOString()
    writeFileSync(join(folder, 'sso', 'cache', `${name}.json`), JSON.stringify({ ...token, expiresAt }))
    const keys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
    const expired = await consultAsAws(account, { ...keys, AWS_PROFILE: 'reader' })
    expectWrong(expired, 'credentials', /the AWS login has expired/, /^aws sso login --profile reader$/)
    expectNote(expired, 'sso login', /the login to acme expired 2 h ago/, /^aws sso login --profile reader$/)
    expect(JSON.stringify(expired)).not.toContain('a-secret')
  })

  test('root, whom no policy limits', () => {
    expect(decideCaller('arn:aws:iam::111122223333:root').verdict).toBe('wrong')
  })
})

describe.sequential('what the account may', { timeout: 3 * minutes }, () => {
  test('each action that EC2 would refuse is named, and nothing was made to find out', async () => {
    const iam = new IAMClient(sdk)
    await iam.send(new CreateUserCommand({ UserName: 'reader' }))
    const Statement = [
      { Effect: 'Allow', Action: ['ec2:Describe*', 'iam:*', 's3:*', 'cloudformation:*'], Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['ssm:*', 'servicequotas:*', 'ec2:CreateVpc', 'ec2:CreateTags'],
        Resource: '*',
      },
    ]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await iam.send(new PutUserPolicyCommand({ UserName: 'reader', PolicyName: 'own', PolicyDocument }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'reader' }))
    const keys = {
      AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '',
    }
    const ec2 = new EC2Client(sdk)
    const before = (await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.length
    const consulted = await consultAsAws(account, keys)
    expectWrong(
      consulted,
      'permissions',
      /^you may not ec2:RunInstances: .*not authorized/,
      /ask for ec2:Run/,
    )
    expectWrong(consulted, 'permissions', /^you may not ec2:CreateSecurityGroup/)
    const refused = consulted.findings.filter(
      ({ what, verdict }) => what === 'permissions' && verdict === 'wrong',
    )
    expect(refused).toHaveLength(2)
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.length).toBe(before)
  })

  test('a read that is refused is a finding of that look alone', async () => {
    const iam = new IAMClient(sdk)
    await iam.send(new CreateUserCommand({ UserName: 'blind' }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'blind' }))
    const consulted = await consultAsAws(account, {
      AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '',
    })
    expectWrong(consulted, 'image', /does not allow you to read the image aliases.*ssm:GetParameters/)
    expectWrong(consulted, 'region', /does not allow you to look at region.*ec2:DescribeRegions/)
    expect(consulted.findings).toContainEqual(expect.objectContaining({ what: 'clock', verdict: 'fine' }))
  })

  test('a region that is not switched on, and one that there is not', async () => {
    const off = await consultAsAws({ ...account, region: 'me-central-1' }, { AWS_REGION: 'me-central-1' })
    expectWrong(off, 'region', /me-central-1 is not switched on/, /enable-region --region-name me-central-1/)
    const none = await consultAsAws({ ...account, region: 'eu-middle-7' }, { AWS_REGION: 'eu-middle-7' })
    expectWrong(none, 'region', /knows no region eu-middle-7/)
  })

  test('no room for another VPC where the network is still to be made', async () => {
    const ec2 = new EC2Client(sdk)
    for (let count = (await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.length ?? 0; count < 5; count++)
      await ec2.send(new CreateVpcCommand({ CidrBlock: `10.${count + 100}.0.0/16` }))
    const consulted = await consult(session)
    expectWrong(consulted, 'VPC quota', /^5 of 5 in use/, /--quota-code L-F678F1CE --desired-value 10$/)
  })

  test('vCPUs are counted as EC2 does, and a quota that is used up is told', () => {
    expect(['t4g.medium', 'm7g.medium', 'm7g.large', 'c7g.xlarge', 'r8g.4xlarge'].map(countVcpus)).toEqual([
      2, 1, 2, 4, 16,
    ])
    const quota = { what: 'vCPU quota', service: 'ec2', code: 'L-1216C47A', limit: 5, used: 4, next: 2 }
    expect(decideQuota(quota, 'us-west-2')).toMatchObject({
      ...{ verdict: 'wrong', says: '4 of 5 in use, the next sandbox needs 2 more' },
    })
  })
})

/**
 * AWS with another idea of the time: the answers of the local target with another date on them. The connection leads
 * to a proxy; the request says the local target's own address, which is signed and checked.
 */
const withClock = async (seconds: number): Promise<Finding> => {
  const proxy = createServer((incoming, response) => {
    const target = new URL(incoming.url ?? '/', sdk.endpoint)
    const asked = request(target, { method: incoming.method, headers: incoming.headers }, (answer) => {
      const date = new Date(Date.now() + seconds * 1000).toUTCString()
      response.writeHead(answer.statusCode ?? 500, { ...answer.headers, date })
      answer.pipe(response)
    })
    incoming.pipe(asked)
  })
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
  const { port } = proxy.address() as AddressInfo
  const httpAgent = new Agent({ keepAlive: false })
  httpAgent.createConnection = () => connect(port, '127.0.0.1')
  try {
    return decideClock(await findClock({ ...sdk, ...{ requestHandler: { httpAgent } } }))
  } finally {
    proxy.close()
  }
}

describe.sequential('the clock of this computer', { timeout: 3 * minutes }, () => {
  test.each([
    [0, 'fine', /^as AWS has it$/],
    [200, 'note', /^this computer is (19[5-9]|20[0-5]) s behind AWS/],
    [-200, 'note', /^this computer is (19[5-9]|20[0-5]) s ahead of AWS/],
    [900, 'wrong', /^this computer is (89[5-9]|90[0-5]) s behind AWS, which refuses/],
  ] as const)('%i s off', async (seconds, verdict, says) => {
    const found = await withClock(seconds)
    expect(found).toMatchObject({ verdict, says: expect.stringMatching(says) })
    expect(found.fix === undefined).toBe(verdict === 'fine')
  })
})
