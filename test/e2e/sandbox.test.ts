import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EC2Client, StopInstancesCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession, readJson, root, type Session, stackFolder } from './cli.ts'
import { type Inventory, takeInventory } from './inventory.ts'

const minutes = 60_000

/** The README's story, command by command, on a state folder of its own. */
describe.sequential('from nothing to a sandbox and back', () => {
  let session: Session
  let before: Inventory
  let instanceId = ''

  beforeAll(async () => {
    // Baking an image is the story of test/images/build.test.ts.
    session = openSession({ image: { use: 'stock' } })
    await session.run('local:up')
    before = await takeInventory(session)
  })
  afterAll(() => session.close())

  test('nothing is there to list', async () => {
    const { code, stdout, stderr } = await session.run('sandbox:list')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain('no sandboxes')
  })

  test('--plan says what would be made and makes nothing', async () => {
    const { code, stdout } = await session.run('sandbox:up', '--user', 'alice', '--plan')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^make: network \(\d+ resources\)\nmake: sandbox-alice/)
    expect(await takeInventory(session)).toEqual(before)
  })

  test('up makes network and sandbox, tells the story on stderr and the instance id on stdout', {
    timeout: 3 * minutes,
  }, async () => {
    const { code, stdout, stderr } = await session.run('sandbox:up', '--user', 'alice')
    expect(stderr).toContain('✓ Network (shared by all sandboxes)')
    expect(stderr).toContain('+ instance sandbox/machine')
    expect(stderr).toContain('npm run sandbox:down -- --user alice')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^i-[0-9a-f]{17}\n$/)
    instanceId = stdout.trim()
  })

  test.each(['network', 'sandbox-alice'])(
    'terraform plan straight in the folder of %s says no changes',
    { timeout: 3 * minutes },
    async (stack) => {
      const { code, stdout } = await session.exec(
        'terraform',
        ['plan', '-detailed-exitcode', '-no-color', '-input=false'],
        stackFolder(session, stack),
      )
      expect(stdout).toContain('No changes')
      expect(code).toBe(0)
    },
  )

  test('a second up has nothing to do and does not start Terraform', async () => {
    const { code, stdout, stderr } = await session.run('sandbox:up', '--user', 'alice')
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${instanceId}\n` })
    expect(stderr).toContain("alice's sandbox is up to date; nothing to do")
    expect(stderr).not.toContain('Sandbox of alice')
  })

  test('up --refresh asks Terraform, which changes nothing', { timeout: 2 * minutes }, async () => {
    const { code, stderr } = await session.run('sandbox:up', '--user', 'alice', '--refresh')
    expect(stderr).toContain('✓ Sandbox of alice')
    expect(stderr).not.toMatch(/^ {2}[+~-] /m)
    expect(code).toBe(0)
  })

  test('list and status show it', async () => {
    const list = await session.run('sandbox:list', '--json')
    expect(JSON.parse(list.stdout)).toMatchObject({
      target: 'local',
      sandboxes: [{ user: 'alice', instanceId, state: 'running', tokensRequired: true }],
    })
    const status = await session.run('sandbox:status', '--user', 'alice')
    expect(status.code).toBe(0)
    expect(status.stdout).toContain(`${instanceId}  running`)
    expect(status.stdout).toMatch(/drift\s+none/)
  })

  test('it is a machine: online, with the role and the metadata that its settings promise', {
    timeout: 3 * minutes,
  }, async () => {
    const status = await session.run('sandbox:status', '--user', 'alice')
    expect(status.stdout).toMatch(/agent +online, Amazon Linux 2023 \(stand-in/)
    expect(status.stderr).toMatch(/Stand-in for Amazon Linux 2023/)
    const script = [
      'aws sts get-caller-identity --region us-west-2 --query Arn --output text',
      "curl -s -o /dev/null -w '%{http_code}\\n' http://169.254.169.254/latest/meta-data/",
      'cloud-init status --wait >/dev/null; cat /var/log/cloud-init-output.log',
    ].join('\n')
    const send = `id=$(aws ssm send-command --instance-ids ${instanceId} --document-name AWS-RunShellScript --parameters "$PARAMETERS" --query Command.CommandId --output text)
aws ssm wait command-executed --command-id "$id" --instance-id ${instanceId}
aws ssm get-command-invocation --command-id "$id" --instance-id ${instanceId} --query StandardOutputContent --output text`
    const parameters = `PARAMETERS=${JSON.stringify({ commands: [script] })}`
    const { code, stdout } = await session.exec('env', [parameters, 'bash', '-c', send])
    expect(code).toBe(0)
    expect(stdout).toContain(`arn:aws:sts::111122223333:assumed-role/kiro-ec2-alice/${instanceId}\n401\n`)
    expect(stdout).toContain('kiro-sandbox: no /usr/local/lib/kiro-sandbox/boot.sh on this image')
  })

  test('status of an engineer without a sandbox says so with exit code 3', async () => {
    const { code, stdout } = await session.run('sandbox:status', '--user', 'nobody-here')
    expect(code).toBe(3)
    expect(stdout).toContain('nobody-here: no sandbox')
  })

  test('plan asks Terraform and finds nothing', { timeout: 3 * minutes }, async () => {
    const { code, stdout } = await session.run('sandbox:plan', '--user', 'alice')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'network: no changes\nsandbox-alice: no changes\n' })
  })

  test('cdktf synthesises the very same stacks', { timeout: 3 * minutes }, async () => {
    const env = { KIRO_SANDBOX_STATE: session.state, CDKTF_OUTDIR: join(session.state, 'cdktf.out') }
    const { code, stderr } = await session.exec(
      'env',
      [
        ...Object.entries(env).map(([key, value]) => `${key}=${value}`),
        process.execPath,
        '--import',
        'tsx',
        'stacks/main.ts',
      ],
      root,
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const stack of ['network', 'sandbox-alice'])
      expect(readJson(join(session.state, 'cdktf.out', 'stacks', stack, 'cdk.tf.json'))).toEqual(
        readJson(join(stackFolder(session, stack), 'cdk.tf.json')),
      )
  })

  test('a stopped sandbox is started by up, and nothing else happens to it', {
    timeout: 3 * minutes,
  }, async () => {
    const env = await session.awsEnvironment()
    const client = new EC2Client({
      region: env.AWS_REGION ?? '',
      endpoint: env.AWS_ENDPOINT_URL ?? '',
      credentials: {
        accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
      },
    })
    await client.send(new StopInstancesCommand({ InstanceIds: [instanceId] }))
    const { code, stdout, stderr } = await session.run('sandbox:up', '--user', 'alice')
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${instanceId}\n` })
    expect(stderr).toContain(`✓ Boot ${instanceId}`)
    expect(stderr).not.toContain('Sandbox of alice')
  })

  test('the AWS CLI sees it with the lines that local:env prints', async () => {
    const script = `eval "$(node '${join(root, 'scripts', 'launch.mjs')}' local:env)" && aws ec2 describe-instances --query 'Reservations[].Instances[].InstanceId' --output text`
    const { code, stdout } = await session.exec('bash', ['-c', script])
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: instanceId })
  })

  test('a change that would replace the machine needs a yes', { timeout: 2 * minutes }, async () => {
    const config = join(session.state, 'bigger.json')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(config, JSON.stringify({ instance: { type: 't4g.large' } }))
    const { code, stderr } = await session.run('sandbox:up', '--user', 'alice', '--config', config)
    expect(code).toBe(1)
    expect(stderr).toContain('sandbox-alice would be disrupted: update instance sandbox/machine')
    expect(stderr).toContain('--yes')
  })

  test('down without a yes and without a terminal removes nothing', async () => {
    const { code, stderr } = await session.run('sandbox:down', '--user', 'alice')
    expect(code).toBe(2)
    expect(stderr).toContain('add --yes')
  })

  test('down of the last one leaves nothing in the books but the state bucket', {
    timeout: 3 * minutes,
  }, async () => {
    const { code, stdout, stderr } = await session.run('sandbox:down', '--user', 'alice', '--yes')
    expect(stderr).toContain('✓ Remove sandbox-alice')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'sandbox-alice\nnetwork\n' })
    const bucket = 'kiro-sandbox-state-111122223333-us-west-2'
    expect(await takeInventory(session)).toEqual({
      ...before,
      buckets: [bucket, `${bucket}-logs`],
      stacks: ['kiro-sandbox-bootstrap'],
    })
  })

  test('down again has nothing to do', async () => {
    const { code, stderr } = await session.run('sandbox:down', '--user', 'alice', '--yes')
    expect(code).toBe(0)
    expect(stderr).toContain('nothing to do')
  })

  test('no secret of the local target is in any log or state it left', () => {
    const { secretAccessKey } = readJson(join(session.state, 'local', 'control.json'))
    expect(String(secretAccessKey).length).toBeGreaterThan(20)
    for (const file of ['journal.jsonl', 'gateway.log'])
      expect(readFileSync(join(session.state, 'local', file), 'utf8')).not.toContain(String(secretAccessKey))
  })
})
