import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  DeleteInstanceConnectEndpointCommand,
  DeleteVpcEndpointsCommand,
  DeregisterImageCommand,
  DescribeInstanceConnectEndpointsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  EnableImageDeprecationCommand,
  ModifyInstanceMetadataOptionsCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  DeleteBucketEncryptionCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { DeleteDocumentCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names, tag } from '../../config/names.ts'
import { planPaths } from '../../config/paths.ts'
import { parseUserName } from '../../config/user-name.ts'
import { setFaults } from '../../local/control/set-faults.ts'
import { decideImage } from '../../scripts/doctor/image.ts'
import { planWindow, renderWindow } from '../../scripts/elevation/window.ts'
import { readAliases } from '../../scripts/image/alias.ts'
import { findImage } from '../../scripts/image/inventory.ts'
import { type ClientConfig, openSession, type Session } from '../e2e/cli.ts'
import { machinesOf, minutes } from '../e2e/sandbox-checks.ts'
import { Bucket, digests, register } from '../images/fleet-fixture.ts'
import { consult, expectNote, expectWrong, saidOf } from './consult.ts'

const settings = { network: { endpoints: ['ssm'] }, local: { machines: 'off' } }
const alice = parseUserName('alice')

let session: Session
let sdk: ClientConfig
let ec2: EC2Client
let s3: S3Client
let iam: IAMClient
let ssm: SSMClient
beforeAll(async () => {
  session = openSession(settings)
  sdk = await session.sdkConfig()
  ;[ec2, s3, iam, ssm] = [new EC2Client(sdk), new S3Client(sdk), new IAMClient(sdk), new SSMClient(sdk)]
}, 2 * minutes)
afterAll(() => session.close(), 2 * minutes)

const read = async (Key: string): Promise<string> =>
  (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? ''
const write = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }))
const name = (environment: string, alias: 'current' | 'previous') =>
  alias === 'current' ? names.imageAlias(environment) : names.previousImageAlias(environment)
const setAlias = (alias: 'current' | 'previous', Value: string) =>
  ssm.send(new PutParameterCommand({ Name: name('default', alias), Value, Type: 'String', Overwrite: true }))

describe.sequential('before anything was made', { timeout: 2 * minutes }, () => {
  test('what is not there yet is worth knowing and not wrong', async () => {
    const consulted = await consult(session)
    expectNote(consulted, 'state bucket', /^there is none yet/)
    expectNote(consulted, 'network', /^there is none yet/)
    expectNote(consulted, 'image', /^there is no golden image yet/, /npm run image:build/)
    expect(consulted.findings.filter(({ verdict }) => verdict === 'wrong')).toEqual([])
    expect(consulted.code).toBe(0)
  })

  test('settings that cannot be read are a finding, and the computer is looked at all the same', async () => {
    const file = join(session.state, 'broken.json')
    writeFileSync(file, '{"regio": "us-west-2"}')
    const consulted = await consult(session, '--config', file)
    expectWrong(consulted, 'settings', /unknown setting regio/, /settings\.schema\.json/)
    expect(consulted.findings).toContainEqual(expect.objectContaining({ what: 'disk', verdict: 'fine' }))
  })
})

describe.sequential('a sandbox and what can become of it', { timeout: 3 * minutes }, () => {
  let instanceId = ''

  test('one that was just made is fine, in a table that a person reads, and everything is looked at side by side', async () => {
    expect((await session.run('sandbox:up', '--user', 'alice')).code).toBe(0)
    instanceId = (await machinesOf(session, 'alice'))[0]?.instanceId ?? ''
    const { code, stdout, stderr } = await session.run('doctor')
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`✓ alice +${instanceId}, running, as it was made`))
    expect(stdout).toMatch(/^network \(\d\.\ds\)$/m)
    expect(stderr).toMatch(/\d+ things looked at in \d+\.\ds: 0 wrong/)
    // However busy this computer is: one after the other, the looks would take as long as all of them together.
    const told = JSON.parse((await session.run('doctor', '--json')).stdout) as {
      seconds: number
      checks: { seconds: number }[]
    }
    expect(told.seconds).toBeLessThan(told.checks.reduce((sum, { seconds }) => sum + seconds, 0))
  })

  test('the state bucket: each of its safeguards that is gone, and the command that brings them all back', async () => {
    const Suspended = { Status: 'Suspended' } as const
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: Suspended }))
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }))
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }))
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }))
    const consulted = await consult(session)
    expectWrong(consulted, 'state bucket', /versioning suspended/, /npm run bootstrap/)
    expectWrong(consulted, 'state bucket', /no rule to encrypt/, /npm run bootstrap/)
    expectWrong(consulted, 'state bucket', /could be made public/, /npm run bootstrap/)
    expectWrong(consulted, 'state bucket', /answers without TLS/, /npm run bootstrap/)
    expect((await session.run('bootstrap', '--yes')).code).toBe(0)
    expect(saidOf(await consult(session), 'state bucket')).toEqual([])
  })

  test('a lock: waited for while it is young, broken when its run must be dead', async () => {
    const lock = (minutesAgo: number) =>
      write(
        'sandbox-alice/terraform.tfstate.tflock',
        JSON.stringify({
          ...{ ID: 'b1d1a5f1-0000-4000-8000-000000000001', Who: 'bob@elsewhere', Operation: 'Apply' },
          Created: new Date(Date.now() - minutesAgo * minutes).toISOString(),
        }),
      )
    await lock(2)
    expectNote(
      await consult(session),
      'state lock',
      /sandbox-alice is locked by bob@elsewhere, since [2-4] min ago/,
    )
    await lock(180)
    expectWrong(
      await consult(session),
      ...(['state lock', /bob@elsewhere, since 3 h ago; a run does not take that long/] as const),
      /npm run sandbox:up -- --user alice --unlock b1d1a5f1-/,
    )
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'sandbox-alice/terraform.tfstate.tflock' }))
  })

  test('a state that somebody else applied, that was never finished, that a newer release made', async () => {
    const [record, state] = [
      await read('sandbox-alice/applied.json'),
      await read('sandbox-alice/terraform.tfstate'),
    ]
    const later = { ...(JSON.parse(state) as object), serial: 999 }
    await write('sandbox-alice/terraform.tfstate', JSON.stringify(later))
    expectWrong(await consult(session), 'state', /sandbox-alice was changed since/, /--user alice --refresh/)
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'sandbox-alice/applied.json' }))
    expectWrong(await consult(session), 'state', /sandbox-alice was never finished/)
    const parsed = JSON.parse(record) as { spec: object }
    await write(
      'sandbox-alice/applied.json',
      JSON.stringify({ ...parsed, spec: { ...parsed.spec, version: 99 } }),
    )
    expectWrong(await consult(session), 'state', /made by a newer release \(spec version 99/, /git pull/)
    for (const command of ['sandbox:up', 'sandbox:down', 'sandbox:status']) {
      const yes = command === 'sandbox:down' ? ['--yes'] : []
      const refused = await session.run(command, '--user', 'alice', ...yes)
      expect(refused.stderr).toContain('sandbox-alice was made by a newer release (spec version 99')
      expect(refused.code).toBe(1)
    }
    await write('sandbox-alice/terraform.tfstate', state)
    await write('sandbox-alice/applied.json', record)
    expect(saidOf(await consult(session), 'state')).toEqual([])
  })

  test('settings that are not applied yet', async () => {
    const file = join(session.state, 'larger.json')
    writeFileSync(file, JSON.stringify({ ...settings, instance: { type: 't4g.large' } }))
    const consulted = await consult(session, '--config', file)
    expectNote(consulted, 'alice', /^instance\.type is "t4g\.medium", the settings say "t4g\.large"$/)
  })

  test('an elevation window that is open, and a policy in its place that is none of ours', async () => {
    const where = { RoleName: names.elevatedRole(alice), PolicyName: names.elevationWindow }
    const PolicyDocument = renderWindow(planWindow(new Date(), 600, undefined))
    await iam.send(new PutRolePolicyCommand({ ...where, PolicyDocument }))
    expectNote(
      await consult(session),
      'alice',
      /^may change AWS until 20/,
      /sandbox:deescalate -- --user alice/,
    )
    const strange = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
    await iam.send(new PutRolePolicyCommand({ ...where, PolicyDocument: JSON.stringify(strange) }))
    expectWrong(await consult(session), 'alice', /policy kiro-elevation-window that is none of ours/)
    await iam.send(new DeleteRolePolicyCommand(where))
  })

  test('drift is told by what AWS says now, and by Terraform when it is asked to', async () => {
    const options = { InstanceId: instanceId, HttpTokens: 'optional' } as const
    await ec2.send(new ModifyInstanceMetadataOptionsCommand(options))
    const deep = await consult(session, '--deep')
    expectWrong(
      deep,
      'alice',
      /has drifted: IMDSv2 is optional instead of required/,
      /sandbox:up -- --user alice/,
    )
    expectWrong(deep, 'sandbox-alice', /^Terraform would update instance/, /sandbox:plan -- --user alice/)
    await ec2.send(new ModifyInstanceMetadataOptionsCommand({ ...options, HttpTokens: 'required' }))
  })

  test('a machine that is stopped, a second one, and none', async () => {
    await ec2.send(new StopInstancesCommand({ InstanceIds: [instanceId] }))
    expectNote(await consult(session), 'alice', /^is stopped/)
    await ec2.send(new StartInstancesCommand({ InstanceIds: [instanceId] }))
    const Tags = [tag.owner, tag.sandbox].map((Key) => ({ Key, Value: 'alice' }))
    const { imageId: ImageId } = await register(sdk, { digest: digests.c })
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ...{ ImageId, InstanceType: 't4g.medium', MinCount: 1, MaxCount: 1 },
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      }),
    )
    const second = Instances?.[0]?.InstanceId ?? ''
    expectWrong(await consult(session), 'alice', new RegExp(`^has 2 machines: .*${second}`))
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId, second] }))
    expectWrong(await consult(session), 'alice', /has drifted: the instance is gone/)
  })

  test('a throttled or refused call is a finding of one look', async () => {
    const { local } = planPaths({ ...process.env, KIRO_SANDBOX_STATE: session.state })
    await setFaults(local, [
      { call: 'cloudformation/DescribeStacks', status: 403, code: 'AccessDenied', message: 'no' },
      { call: 'ssm/GetParametersByPath', status: 400, code: 'ThrottlingException', message: 'Rate exceeded' },
    ])
    const consulted = await consult(session)
    expectWrong(consulted, 'bootstrap stack', /does not allow you to look for the state bucket/)
    expectWrong(consulted, 'leftovers', /AWS throttles calls/)
    expect(saidOf(consulted, 'region')).toEqual([])
    await setFaults(local, [])
  })
})

describe.sequential('the image that new sandboxes boot from', { timeout: 2 * minutes }, () => {
  test('gone, deprecated, never verified, for another processor; and no way back', async () => {
    const good = (await register(sdk, { digest: digests.a })).imageId
    await setAlias('current', 'ami-0123456789abcdef0')
    await setAlias('previous', 'ami-0fedcba9876543210')
    const gone = await consult(session)
    expectWrong(gone, 'image', /current names ami-0123456789abcdef0, which is gone/, /npm run image:rollback/)
    expectNote(gone, 'image', /previous names ami-0fedcba9876543210, which is gone/)
    await setAlias('previous', good)
    await setAlias('current', (await register(sdk, { digest: digests.b, state: 'unverified' })).imageId)
    expectWrong(await consult(session), 'image', /was never verified/, /npm run image:verify -- ami-/)
    await setAlias('current', (await register(sdk, { digest: digests.b, architecture: 'x86_64' })).imageId)
    expectWrong(await consult(session), 'image', /is for x86_64/)
    await setAlias('current', good)
    const DeprecateAt = new Date(Date.now() + 60_000)
    await ec2.send(new EnableImageDeprecationCommand({ ImageId: good, DeprecateAt }))
    expect(saidOf(await consult(session), 'image')).toEqual([])
    const current = await findImage(sdk, good)
    const aliases = await readAliases(sdk, 'default')
    const later = new Date(Date.now() + 100 * 24 * 60 * minutes)
    expect(decideImage({ aliases, current, previous: current }, later)).toMatchObject([
      { verdict: 'wrong', says: expect.stringMatching(/^ami-\w+ is deprecated since 20/) },
      { verdict: 'note', says: expect.stringMatching(/^ami-\w+ is 100 d old/) },
    ])
    await ec2.send(new DeregisterImageCommand({ ImageId: good }))
    expectWrong(await consult(session), 'image', /which is gone/)
  })
})

describe.sequential('the network that sandboxes share', { timeout: 2 * minutes }, () => {
  test('what of it is gone, and what cannot be done without it', async () => {
    const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({}))
    const ofSsm = VpcEndpoints.filter(({ ServiceName }) => ServiceName?.endsWith('.ssm'))
    const VpcEndpointIds = ofSsm.map(({ VpcEndpointId = '' }) => VpcEndpointId)
    await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds }))
    const { InstanceConnectEndpoints = [] } = await ec2.send(new DescribeInstanceConnectEndpointsCommand({}))
    for (const { InstanceConnectEndpointId } of InstanceConnectEndpoints)
      await ec2.send(new DeleteInstanceConnectEndpointCommand({ InstanceConnectEndpointId }))
    await ssm.send(new DeleteDocumentCommand({ Name: names.sessionDocuments.agent }))
    await new CloudWatchLogsClient(sdk).send(
      new DeleteLogGroupCommand({ logGroupName: names.sessionLogGroup }),
    )
    const consulted = await consult(session)
    expectWrong(consulted, 'endpoint', /^ssm is gone/, /sandbox:up -- --user alice --refresh/)
    expectWrong(consulted, 'instance connect', /its endpoint is gone|is in delete/)
    expectWrong(consulted, 'session documents', /^kiro-session-agent is gone/)
    expectWrong(consulted, 'session log', /log group \/kiro-sandbox\/sessions is gone/)
  })
})

describe.sequential('what is left of builds', { timeout: 2 * minutes }, () => {
  test('is told with its price and the command that removes it', async () => {
    const { imageId: ImageId } = await register(sdk, { digest: digests.c })
    const past = new Date(Date.now() - 60 * minutes).toISOString()
    const tags = { [tag.component]: 'image-builder', [tag.build]: 'b1', [tag.deadline]: past }
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
    await ec2.send(
      new RunInstancesCommand({
        ...{ ImageId, InstanceType: 't4g.medium', MinCount: 1, MaxCount: 1 },
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      }),
    )
    const consulted = await consult(session)
    expectNote(
      consulted,
      'leftovers',
      /^machine i-.*: past its deadline, about \$2\d\.\d\d a month$/,
      /sandbox:sweep/,
    )
  })

  test('a state bucket that is gone while there are machines is no beginning', async () => {
    const file = join(session.state, 'elsewhere.json')
    writeFileSync(file, JSON.stringify({ ...settings, region: 'eu-west-1' }))
    const there = { ...sdk, region: 'eu-west-1' }
    const { imageId: ImageId } = await register(there, { digest: digests.c })
    const Tags = [tag.owner, tag.sandbox].map((Key) => ({ Key, Value: 'bob' }))
    await new EC2Client(there).send(
      new RunInstancesCommand({
        ...{ ImageId, InstanceType: 't4g.medium', MinCount: 1, MaxCount: 1 },
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      }),
    )
    const consulted = await consult(session, '--config', file)
    expectWrong(
      consulted,
      'state bucket',
      /eu-west-1 is gone, and with it what Terraform knows/,
      /sandbox:up/,
    )
  })
})
