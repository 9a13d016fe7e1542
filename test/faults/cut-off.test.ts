import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession, type Session } from '../e2e/cli.ts'
import { takeInventory } from '../e2e/inventory.ts'
import { expectSound, inTheMiddle, minutes, quickNetwork, terraformOf } from '../e2e/sandbox-checks.ts'

let session: Session

const up = (user: string, ...more: string[]) => session.start('sandbox:up', '--user', user, ...more)

describe.sequential('a run that is cut off is continued by the next', () => {
  beforeAll(() => {
    session = openSession(quickNetwork)
  })
  afterAll(() => session.close())

  test('Terraform is killed: the error says so, and up again converges', {
    timeout: 4 * minutes,
  }, async () => {
    const first = up('killed')
    await inTheMiddle(first)
    process.kill(terraformOf(session, 'killed'), 'SIGKILL')
    const { code, stderr } = await first.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/error: sandbox-killed: Terraform ended by SIGKILL/)
    expect(stderr).toContain('iam role instance-role/role')
    const second = await up('killed').ended
    expect(second.stderr).toContain('Release the state lock of an earlier run of ours that was killed')
    expect(second.code).toBe(0)
    await expectSound(session, 'killed')
  })

  test('both are killed: up again converges', { timeout: 3 * minutes }, async () => {
    const first = up('gone')
    await inTheMiddle(first)
    process.kill(first.pid, 'SIGKILL')
    process.kill(terraformOf(session, 'gone'), 'SIGKILL')
    await first.ended
    expect((await up('gone').ended).code).toBe(0)
    await expectSound(session, 'gone')
  })

  test('both are killed: down leaves nothing of it', { timeout: 3 * minutes }, async () => {
    const before = await takeInventory(session)
    const first = up('stray')
    await first.waitFor('+ iam instance profile instance-role/profile')
    process.kill(first.pid, 'SIGKILL')
    process.kill(terraformOf(session, 'stray'), 'SIGKILL')
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
    await expectSound(session, 'orphan')
  })

  test.each([0, 1000])(
    'Ctrl-C after %i ms ends with 130, and the next run continues',
    {
      timeout: 3 * minutes,
    },
    async (delay) => {
      const user = `patient-${delay}`
      const first = up(user)
      await inTheMiddle(first)
      await new Promise((resolve) => setTimeout(resolve, delay))
      process.kill(first.pid, 'SIGINT')
      const { code, stderr } = await first.ended
      expect(stderr).toContain('interrupted')
      expect(code).toBe(130)
      const second = await up(user).ended
      expect(second.stderr).not.toContain('Release the state lock')
      expect(second.code).toBe(0)
      await expectSound(session, user)
    },
  )

  test('a closed terminal ends Terraform as gracefully', { timeout: 3 * minutes }, async () => {
    const first = up('hangup')
    await inTheMiddle(first)
    process.kill(first.pid, 'SIGHUP')
    expect((await first.ended).code).toBe(130)
    const second = await up('hangup').ended
    expect(second.stderr).not.toContain('Release the state lock')
    expect(second.code).toBe(0)
    await expectSound(session, 'hangup')
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
    await expectSound(session, 'steady')
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
