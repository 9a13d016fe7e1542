import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLoggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { planPaths } from '../../config/paths.ts'
import { setFaults } from '../../local/control/set-faults.ts'
import { openTerminal } from '../connect-command/terminal.ts'
import { expectNote, expectWrong, parseReport } from '../doctor/consult.ts'
import { type ClientConfig, type Ended, openSession, type Session } from '../e2e/cli.ts'
import { minutes } from '../e2e/sandbox-checks.ts'

const accountId = '111122223333'
const StackName = names.bootstrapStack
const bucketIn = (region: string) => names.stateBucket(accountId, region)
/** The template of the release before this one; stacks made from it are out there. */
const older = readFileSync(join(import.meta.dirname, 'fixtures', 'before-the-key.yaml'), 'utf8')

let session: Session
let sdk: ClientConfig
let s3: S3Client
beforeAll(async () => {
  session = openSession({ local: { machines: 'off' } })
  sdk = await session.sdkConfig()
  s3 = new S3Client(sdk)
}, 2 * minutes)
afterAll(() => session.close(), 2 * minutes)

/** Every test has a region to itself: a stack and a bucket there, and nothing of the others'. */
const inRegion = (region: string) => {
  const cloudFormation = new CloudFormationClient({ ...sdk, region })
  const Bucket = bucketIn(region)
  const status = async (): Promise<string | undefined> => {
    try {
      return (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus
    } catch {
      return undefined
    }
  }
  return {
    ...{ region, Bucket, cloudFormation, status },
    run: (...more: string[]): Promise<Ended> => session.run('bootstrap', '--region', region, ...more),
    put: (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: Key })),
    read: async (Key: string) =>
      (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString(),
    makeBucket: (LocationConstraint = region) =>
      new S3Client({ ...sdk, region: LocationConstraint }).send(
        new CreateBucketCommand({
          Bucket,
          CreateBucketConfiguration: { LocationConstraint: LocationConstraint as never },
        }),
      ),
    makeOlder: () =>
      cloudFormation.send(
        new CreateStackCommand({
          ...{ StackName, TemplateBody: older },
          Parameters: [{ ParameterKey: 'BucketName', ParameterValue: Bucket }],
        }),
      ),
    encryption: async () =>
      (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration
        ?.Rules?.[0]?.ApplyServerSideEncryptionByDefault,
  }
}

const faults = (list: Parameters<typeof setFaults>[1]) =>
  setFaults(planPaths({ ...process.env, KIRO_SANDBOX_STATE: session.state }).local, list)

describe.sequential('the state bucket', { timeout: 2 * minutes }, () => {
  test('is shown before it is made, made only with a yes, and then there is nothing to do', async () => {
    const here = inRegion('us-west-2')
    const asked = await here.run()
    expect({ code: asked.code, status: await here.status() }).toEqual({ code: 2, status: undefined })
    expect(asked.stdout).toContain('+ add StateBucket (AWS::S3::Bucket)')
    expect(asked.stderr).toContain('add --yes')
    const made = await here.run('--yes')
    expect(made.code, made.stderr).toBe(0)
    expect((await here.encryption())?.SSEAlgorithm).toBe('aws:kms')
    const { LoggingEnabled } = await s3.send(new GetBucketLoggingCommand({ Bucket: here.Bucket }))
    expect(LoggingEnabled?.TargetBucket).toBe(`${here.Bucket}-logs`)
    await here.put('a')
    const { ServerSideEncryption } = await s3.send(new HeadObjectCommand({ Bucket: here.Bucket, Key: 'a' }))
    expect(ServerSideEncryption).toBe('aws:kms')
    const again = await here.run()
    expect(again).toMatchObject({ code: 0, stdout: '' })
    expect(again.stderr).toContain('nothing to do')
  })

  test('a plan leaves nothing behind, a stack that was only looked at included', async () => {
    const here = inRegion('us-east-2')
    const planned = await here.run('--plan', '--json')
    const { changes } = JSON.parse(planned.stdout) as { changes: { resource: string }[] }
    expect(changes.map(({ resource }) => resource)).toContain('StateKey')
    expect(await here.status()).toBeUndefined()
  })

  test('that an older release made is updated in place, and every state is still there', async () => {
    const here = inRegion('eu-west-1')
    await here.makeOlder()
    await here.put('sandbox-alice/terraform.tfstate')
    const file = join(session.state, 'there.json')
    writeFileSync(file, JSON.stringify({ region: here.region, local: { machines: 'off' } }))
    const planned = await here.run('--plan')
    expect(planned.stdout).toMatch(/~ change StateBucket .*\n {4}BucketEncryption: /)
    expect(planned.stdout).not.toMatch(/replace|remove/)
    const asked = await session.run('doctor', '--json', '--config', file)
    expectNote(parseReport(asked.code, asked.stdout), 'bootstrap stack', /another template/, /--plan$/)
    expect((await here.run('--yes')).code).toBe(0)
    expect(await here.read('sandbox-alice/terraform.tfstate')).toBe('sandbox-alice/terraform.tfstate')
    expect((await here.encryption())?.SSEAlgorithm).toBe('aws:kms')
    expect((await here.run('--drift')).code).toBe(0)
  })

  test('versioning that was suspended by hand is found, told and switched on again', async () => {
    const here = inRegion('us-west-2')
    const VersioningConfiguration = { Status: 'Suspended' } as const
    await s3.send(new PutBucketVersioningCommand({ Bucket: here.Bucket, VersioningConfiguration }))
    const drift = await here.run('--drift')
    expect(drift.code).toBe(3)
    expect(drift.stdout).toContain('VersioningConfiguration/Status: is Suspended, should be Enabled')
    const mended = await here.run('--yes')
    expect(mended.stdout).toContain('VersioningConfiguration: Suspended -> Enabled')
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: here.Bucket }))
    expect(Status).toBe('Enabled')
  })

  test('a key that waits for its deletion is told by doctor, and kept when a person says so', async () => {
    const here = inRegion('us-west-2')
    const kms = new KMSClient({ ...sdk, region: here.region })
    const arn = (await here.encryption())?.KMSMasterKeyID ?? ''
    const KeyId = arn.split('/').at(-1) ?? ''
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
    const consulted = await session.run('doctor', '--json')
    expectWrong(parseReport(consulted.code, consulted.stdout), 'state key', /to be deleted on 20/)
    const asked = await here.run()
    expect(asked.code).toBe(2)
    expect(asked.stderr).toMatch(/will be deleted on 20.*: no state can be read from then on/)
    const kept = await here.run('--yes')
    expect(kept.code, kept.stderr).toBe(0)
    expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState).toBe('Enabled')
    expect((await here.encryption())?.KMSMasterKeyID).toBe(arn)
  })

  test('its stack is not removed while there is a state of a sandbox, then it is, and taken in again', async () => {
    const here = inRegion('us-west-2')
    const remove = new DeleteStackCommand({ StackName })
    await expect(here.cloudFormation.send(remove)).rejects.toThrow(/TerminationProtection/)
    await here.put('sandbox-alice/terraform.tfstate')
    const refused = await here.run('--delete', '--yes')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(`${here.Bucket} holds the state of sandbox-alice`)
    await s3.send(new DeleteObjectCommand({ Bucket: here.Bucket, Key: 'sandbox-alice/terraform.tfstate' }))
    const removed = await here.run('--delete', '--yes')
    expect(removed.code, removed.stderr).toBe(0)
    expect(removed.stdout).toContain(`${here.Bucket}\n${here.Bucket}-logs\narn:aws:kms:`)
    expect(await here.status()).toBeUndefined()
    expect(await here.read('a')).toBe('a')
    const again = await here.run('--yes')
    expect(again.stdout).toContain(`< take in StateBucket (AWS::S3::Bucket, ${here.Bucket})`)
    expect(again.code, again.stderr).toBe(0)
    expect(await here.read('a')).toBe('a')
    expect((await here.run('--drift')).stdout).toBe('no drift\n')
  })
})

describe.sequential('what an earlier try has left', { timeout: 2 * minutes }, () => {
  test('ROLLBACK_COMPLETE: the empty stack makes room, and the bucket that was in the way is taken in', async () => {
    const here = inRegion('ap-northeast-1')
    await here.makeBucket()
    await here.put('mine')
    await here.makeOlder()
    expect(await here.status()).toBe('ROLLBACK_COMPLETE')
    const asked = await here.run()
    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('is in ROLLBACK_COMPLETE: an earlier try was undone')
    const made = await here.run('--yes')
    expect(made.code, made.stderr).toBe(0)
    expect(await here.read('mine')).toBe('mine')
    expect((await here.run('--drift')).stdout).toBe('no drift\n')
  })

  test('DELETE_FAILED: the deletion ends without the bucket, which is taken in again', async () => {
    const here = inRegion('ap-southeast-2')
    const kept = older.replaceAll('RetainExceptOnCreate', 'Delete')
    await here.cloudFormation.send(
      new CreateStackCommand({
        ...{ StackName, TemplateBody: kept },
        Parameters: [{ ParameterKey: 'BucketName', ParameterValue: here.Bucket }],
      }),
    )
    await here.put('mine')
    await here.cloudFormation.send(new DeleteStackCommand({ StackName }))
    expect(await here.status()).toBe('DELETE_FAILED')
    const made = await here.run('--yes')
    expect(made.code, made.stderr).toBe(0)
    expect(made.stderr).toMatch(/DELETE_FAILED: it is half deleted, .*StateBucket.* is left/)
    expect(await here.read('mine')).toBe('mine')
    expect(await here.status()).toMatch(/^(CREATE|UPDATE)_COMPLETE$/)
  })

  test('a first plan that nobody carried out is no stack: the next run makes it', async () => {
    const here = inRegion('eu-central-1')
    await here.cloudFormation.send(
      new CreateChangeSetCommand({
        ...{ StackName, ChangeSetName: 'kiro-bootstrap-dead', ChangeSetType: 'CREATE', TemplateBody: older },
        Parameters: [{ ParameterKey: 'BucketName', ParameterValue: here.Bucket }],
      }),
    )
    expect(await here.status()).toBe('REVIEW_IN_PROGRESS')
    expect((await here.run('--yes')).code).toBe(0)
    expect(await here.status()).toBe('CREATE_COMPLETE')
  })

  test('two at the same moment: both end well, and there is one stack', async () => {
    const here = inRegion('ap-south-1')
    const both = await Promise.all([here.run('--yes'), here.run('--yes'), here.run('--yes')])
    for (const { code, stderr } of both) expect(code, stderr).toBe(0)
    expect((await here.run('--drift')).stdout).toBe('no drift\n')
  })

  test.each([
    ['Ctrl-C', 2, 130, undefined],
    ['its end by the system', 9, 137, 'REVIEW_IN_PROGRESS'],
  ] as const)('%s at the question: nothing was made, and the next run makes it', async (...given) => {
    const [how, signal, code, left] = given
    const here = inRegion(signal === 2 ? 'ca-central-1' : 'sa-east-1')
    const terminal = openTerminal(session.argv('bootstrap', '--region', here.region), session.env)
    await terminal.see(/Make this\? \[y\/N\]/)
    if (signal === 2) terminal.type('\u0003')
    else terminal.signal(signal)
    expect((await terminal.ended).code, how).toBe(code)
    terminal.close()
    expect(await here.status()).toBe(left)
    expect((await here.run('--yes')).code).toBe(0)
  })
})

describe.sequential('what cannot be done is said and changes nothing', { timeout: 2 * minutes }, () => {
  test('the name of the bucket belongs to another account', async () => {
    const here = inRegion('eu-north-1')
    await faults([
      { call: 's3/GetBucketVersioning', status: 403, code: 'AccessDenied', message: 'Access Denied' },
    ])
    const refused = await here.run('--yes')
    await faults([])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(`the name ${here.Bucket} is taken by another account`)
    expect(await here.status()).toBeUndefined()
  })

  test('the bucket lies in another region', async () => {
    const here = inRegion('eu-west-2')
    await here.makeBucket('eu-west-3')
    const refused = await here.run('--yes')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(`${here.Bucket} lies in eu-west-3, and its stack belongs to eu-west-2`)
    expect(await here.status()).toBeUndefined()
  })

  test('CloudFormation throttles: a little is waited out, for good is said', async () => {
    const here = inRegion('us-west-1')
    const throttle = { status: 400, code: 'Throttling', message: 'Rate exceeded' } as const
    await faults([{ call: 'cloudformation/CreateChangeSet', ...throttle }])
    const refused = await here.run('--yes')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/AWS throttles calls to plan the stack of the state bucket/)
    await faults([
      { call: 'cloudformation/CreateChangeSet', times: 2, ...throttle },
      { call: 'cloudformation/ExecuteChangeSet', times: 2, ...throttle },
    ])
    const made = await here.run('--yes')
    await faults([])
    expect(made.code, made.stderr).toBe(0)
  })

  test('on AWS: a permission that is missing is named, and sandbox:up names the command', async () => {
    const iam = new IAMClient(sdk)
    await iam.send(new CreateUserCommand({ UserName: 'looker' }))
    const allow = { Effect: 'Allow', Action: ['cloudformation:Describe*', 's3:*', 'iam:Get*'], Resource: '*' }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [allow] })
    await iam.send(new PutUserPolicyCommand({ UserName: 'looker', PolicyName: 'own', PolicyDocument }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'looker' }))
    const file = join(session.state, 'aws.json')
    writeFileSync(file, JSON.stringify({ target: 'aws', accountId, region: 'eu-south-1' }))
    const [node = '', ...args] = session.argv('bootstrap', '--config', file, '--yes')
    const denied = await session.exec('env', [
      `AWS_ACCESS_KEY_ID=${AccessKey?.AccessKeyId}`,
      `AWS_SECRET_ACCESS_KEY=${AccessKey?.SecretAccessKey}`,
      ...['AWS_REGION=eu-south-1', node, ...args],
    ])
    expect(denied.code).toBe(1)
    expect(denied.stderr).toMatch(/does not allow you to plan the stack .*cloudformation:CreateChangeSet/)
    const [, ...up] = session.argv('sandbox:up', '--user', 'alice', '--config', file)
    const told = await session.exec(node, up)
    expect(told.code).toBe(1)
    expect(told.stderr).toContain(`there is no state bucket in account ${accountId} and eu-south-1 yet`)
    expect(told.stderr).toContain('npm run bootstrap -- --region eu-south-1')
  })
})
