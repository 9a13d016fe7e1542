import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession, type Session } from '../e2e/cli.ts'
import { takeInventory } from '../e2e/inventory.ts'
import { expectSound, machinesOf, minutes, quickNetwork } from '../e2e/sandbox-checks.ts'

const bucket = 'kiro-sandbox-state-111122223333-us-west-2'

const clientConfig = async (session: Session) => {
  const env = await session.awsEnvironment()
  return {
    region: env.AWS_REGION ?? '',
    endpoint: env.AWS_ENDPOINT_URL ?? '',
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  }
}

describe.sequential("somebody's work is not lost with the state", () => {
  let session: Session
  let instanceId = ''
  beforeAll(() => {
    session = openSession(quickNetwork)
  })
  afterAll(() => session.close())

  test('a state and a record that vanish, and an image that moves on: the machine stays', {
    timeout: 4 * minutes,
  }, async () => {
    expect((await session.run('sandbox:up', '--user', 'alice')).code).toBe(0)
    instanceId = (await machinesOf(session, 'alice'))[0]?.instanceId ?? ''
    const config = await clientConfig(session)
    const s3 = new S3Client(config)
    for (const Key of ['sandbox-alice/terraform.tfstate', 'sandbox-alice/applied.json'])
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
    const arm = [{ Name: 'architecture', Values: ['arm64'] }]
    const { Images = [] } = await new EC2Client(config).send(new DescribeImagesCommand({ Filters: arm }))
    const before = await session.run('sandbox:list', '--json')
    const other = Images.find(
      ({ ImageId }) => ImageId !== undefined && !before.stdout.includes(ImageId),
    )?.ImageId
    const alias = { Name: '/kiro-sandbox/default/image/current', Type: 'String', Value: other } as const
    await new SSMClient(config).send(new PutParameterCommand(alias))

    const { code, stdout, stderr } = await session.run('sandbox:up', '--user', 'alice')
    expect(stderr).toContain(`${other} is newer`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${instanceId}\n` })
    await expectSound(session, 'alice')
  })

  test('another region: the roles there are not taken over, and down does not touch them', {
    timeout: 4 * minutes,
  }, async () => {
    const elsewhere = join(session.state, 'elsewhere.json')
    writeFileSync(elsewhere, JSON.stringify({ ...quickNetwork, region: 'eu-west-1' }))
    const before = await takeInventory(session)
    const up = await session.run('sandbox:up', '--user', 'alice', '--config', elsewhere)
    expect(up.code).toBe(1)
    expect(up.stderr).toContain('belongs to a sandbox in us-west-2, not to one in eu-west-1')
    const down = await session.run('sandbox:down', '--user', 'alice', '--yes', '--config', elsewhere)
    expect(down.code).toBe(1)
    const after = await takeInventory(session)
    // A network has a builder's role of its own region, and that of eu-west-1 is there now.
    const alices = ({ roles, policies, profiles }: typeof after) =>
      [roles, policies, profiles].map((names) => names?.filter((name) => !name.includes('image-builder')))
    expect(alices(after)).toEqual(alices(before))
    await expectSound(session, 'alice')
  })

  test("Terraform variables of somebody's other work lead nowhere", { timeout: 2 * minutes }, async () => {
    const stray = { TF_WORKSPACE: 'prod', TF_DATA_DIR: '/nonexistent', TF_CLI_ARGS: '-destroy' }
    const args = Object.entries(stray).map(([name, value]) => `${name}=${value}`)
    const launch = join(import.meta.dirname, '..', '..', 'scripts', 'launch.mjs')
    const { code, stderr } = await session.exec('env', [
      ...args,
      process.execPath,
      launch,
      'sandbox:up',
      '--user',
      'alice',
      '--refresh',
    ])
    expect(stderr).toContain('✓ Sandbox of alice')
    expect(code).toBe(0)
    await expectSound(session, 'alice')
  })
})
