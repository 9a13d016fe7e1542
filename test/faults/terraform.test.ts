import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession, type Running, readJson, type Session, stackFolder } from '../e2e/cli.ts'
import { takeInventory } from '../e2e/inventory.ts'

const minutes = 60_000
const bucket = 'kiro-sandbox-state-111122223333-us-west-2'

/** A network without interface endpoints is made in half the time, and no fault here needs them. */
const quick = { network: { endpoints: [] } }

let session: Session

const up = (user: string, ...more: string[]) => session.start('sandbox:up', '--user', user, ...more)

const terraformOf = (user: string): number =>
  (readJson(join(stackFolder(session, `sandbox-${user}`), 'run.json')).terraform as { pid: number }).pid

/** Far enough that roles exist and the machine is being made, and long before Terraform saves its state. */
const inTheMiddle = (run: Running) => run.waitFor('+ iam role policy instance-role/policy')

const machinesOf = async (user: string): Promise<{ instanceId: string }[]> => {
  const { stdout } = await session.run('sandbox:list', '--json')
  const { sandboxes } = JSON.parse(stdout) as { sandboxes: { user: string; instanceId: string }[] }
  return sandboxes.filter((one) => one.user === user)
}

const expectSound = async (user: string) => {
  expect(await machinesOf(user)).toHaveLength(1)
  const { code, stdout } = await session.exec(
    'terraform',
    ['plan', '-detailed-exitcode', '-no-color', '-input=false'],
    stackFolder(session, `sandbox-${user}`),
  )
  expect(stdout).toContain('No changes')
  expect(code).toBe(0)
}

describe.sequential('a run that is cut off is continued by the next', () => {
  beforeAll(() => {
    session = openSession(quick)
  })
  afterAll(() => session.close())

  test('Terraform is killed: the error says so, and up again converges', {
    timeout: 4 * minutes,
  }, async () => {
    const first = up('killed')
    await inTheMiddle(first)
    process.kill(terraformOf('killed'), 'SIGKILL')
    const { code, stderr } = await first.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/error: sandbox-killed: Terraform ended by SIGKILL/)
    expect(stderr).toContain('iam role instance-role/role')
    const second = await up('killed').ended
    expect(second.stderr).toContain('Release the state lock of an earlier run of ours that was killed')
    expect(second.code).toBe(0)
    await expectSound('killed')
  })

  test('both are killed: up again converges', { timeout: 3 * minutes }, async () => {
    const first = up('gone')
    await inTheMiddle(first)
    process.kill(first.pid, 'SIGKILL')
    process.kill(terraformOf('gone'), 'SIGKILL')
    await first.ended
    expect((await up('gone').ended).code).toBe(0)
    await expectSound('gone')
  })

  test('both are killed: down leaves nothing of it', { timeout: 3 * minutes }, async () => {
    const before = await takeInventory(session)
    const first = up('stray')
    await first.waitFor('+ iam instance profile instance-role/profile')
    process.kill(first.pid, 'SIGKILL')
    process.kill(terraformOf('stray'), 'SIGKILL')
    await first.ended
    expect(await takeInventory(session)).not.toEqual(before)
    const { code, stderr } = await session.run('sandbox:down', '--user', 'stray', '--yes')
    expect(stderr).toContain('left by a run that was cut off')
    expect(code).toBe(0)
    expect(await takeInventory(session)).toEqual(before)
  })

  test('only our process is killed: Terraform does not go on unseen', { timeout: 3 * minutes }, async () => {
    const first = up('orphan')
    await inTheMiddle(first)
    process.kill(first.pid, 'SIGKILL')
    await first.ended
    const second = await untilFree('orphan')
    expect(second.code).toBe(0)
    await expectSound('orphan')
  })

  test('Ctrl-C ends with 130 and a state that the next run continues', { timeout: 3 * minutes }, async () => {
    const first = up('patient')
    await inTheMiddle(first)
    process.kill(first.pid, 'SIGINT')
    const { code, stderr } = await first.ended
    expect(stderr).toContain('interrupted')
    expect(code).toBe(130)
    const second = await up('patient').ended
    expect(second.stderr).not.toContain('Release the state lock')
    expect(second.code).toBe(0)
    await expectSound('patient')
  })

  test('the control plane dies in the middle: the run does not notice', {
    timeout: 3 * minutes,
  }, async () => {
    const { stdout } = await session.run('local:status', '--json')
    const { shim } = JSON.parse(stdout) as { shim: { pid: number } }
    const run = up('steady')
    await inTheMiddle(run)
    process.kill(shim.pid, 'SIGKILL')
    expect((await run.ended).code).toBe(0)
    await expectSound('steady')
  })
})

/** Terraform may finish or die of its broken pipe; until then the next run is refused with a sentence. */
const untilFree = async (user: string) => {
  for (;;) {
    const run = await up(user).ended
    if (run.code === 0) return run
    expect(run.stderr).toContain('Terraform of an earlier, killed run is still at work')
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

describe.sequential('runs side by side', () => {
  beforeAll(() => {
    session = openSession(quick)
  })
  afterAll(() => session.close())

  test('two users at once, each in a command of its own, both get a sandbox', {
    timeout: 4 * minutes,
  }, async () => {
    const [alice, bob] = await Promise.all([up('alice').ended, up('bob').ended])
    expect(`${alice.stderr}${bob.stderr}`).toContain('The network is in other hands')
    expect([alice.code, bob.code]).toEqual([0, 0])
    await Promise.all(['alice', 'bob'].map(expectSound))
  })

  test('two runs for one user at once: one works, the other is told who is at it', {
    timeout: 3 * minutes,
  }, async () => {
    const first = up('carol')
    await first.waitFor('… Sandbox of carol')
    const second = await up('carol').ended
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/error: sandbox:up of carol is already running here \(pid \d+, since /)
    expect((await first.ended).code).toBe(0)
    await expectSound('carol')
  })

  test("somebody else's lock: who, since when, and what to type", { timeout: 3 * minutes }, async () => {
    const env = await session.awsEnvironment()
    const s3 = new S3Client({
      region: env.AWS_REGION ?? '',
      endpoint: env.AWS_ENDPOINT_URL ?? '',
      credentials: {
        accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
      },
    })
    const lock = {
      ID: '11111111-2222-3333-4444-555555555555',
      Operation: 'OperationTypeApply',
      Info: '',
      Who: 'bob@build-7',
      Version: '1.11.4',
      Created: new Date(Date.now() - 5 * minutes).toISOString(),
      Path: `${bucket}/sandbox-dave/terraform.tfstate`,
    }
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: 'sandbox-dave/terraform.tfstate.tflock',
        Body: JSON.stringify(lock),
      }),
    )
    const refused = await up('dave').ended
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(
      'error: sandbox-dave is locked by bob@build-7, who started apply 5 min ago',
    )
    expect(refused.stderr).toContain(`--user dave --unlock ${lock.ID}`)
    const wrong = await up('dave', '--unlock', '99999999-2222-3333-4444-555555555555').ended
    expect(wrong.stderr).toContain('locked by bob@build-7')
    const { code } = await up('dave', '--unlock', lock.ID).ended
    expect(code).toBe(0)
    await expectSound('dave')
  })
})
