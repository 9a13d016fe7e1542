import { join } from 'node:path'
import { expect } from 'vitest'
import { type Running, readJson, type Session, stackFolder } from './cli.ts'

/** A network without interface endpoints is made in half the time, and no fault of Terraform needs them or a machine. */
export const quickNetwork = { network: { endpoints: [] }, local: { machines: 'off' } }

export const minutes = 60_000

/** Process id of the Terraform that works on a user's sandbox right now. */
export const terraformOf = (session: Session, user: string): number =>
  (readJson(join(stackFolder(session, `sandbox-${user}`), 'run.json')).terraform as { pid: number }).pid

/** Far enough that roles exist and the machine is being made, and long before Terraform saves its state. */
export const inTheMiddle = (run: Running): Promise<void> =>
  run.waitFor('+ iam role policy instance-role/policy')

export const machinesOf = async (session: Session, user: string): Promise<{ instanceId: string }[]> => {
  const { stdout } = await session.run('sandbox:list', '--json')
  const { sandboxes } = JSON.parse(stdout) as { sandboxes: { user: string; instanceId: string }[] }
  return sandboxes.filter((one) => one.user === user)
}

/** One machine, and Terraform itself finds nothing to change. */
export const expectSound = async (session: Session, user: string): Promise<void> => {
  expect(await machinesOf(session, user)).toHaveLength(1)
  const args = ['plan', '-detailed-exitcode', '-no-color', '-input=false']
  const { code, stdout } = await session.exec('terraform', args, stackFolder(session, `sandbox-${user}`))
  expect(stdout).toContain('No changes')
  expect(code).toBe(0)
}
