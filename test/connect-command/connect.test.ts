import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StopInstancesCommand } from '@aws-sdk/client-ec2'
import { TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
// More of the command with the same sandbox. The order counts: a login stays until one is tried anew.
import './commands.cases.ts'
import './login.cases.ts'
import './shell.cases.ts'
import './left.cases.ts'
import './forward.cases.ts'
import { active, outcome, run, sandbox } from './place.ts'

/** Stands where the official plugin would. */
const stub = `#!/bin/sh
printf '%s\\n' "$AWS_SSM_START_SESSION_RESPONSE" "$@"
exit 5
`

test('--plugin hands over what the plugin needs, and without one says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graviton-plugin-'))
  writeFileSync(join(folder, 'session-manager-plugin'), stub, { mode: 0o755 })
  const env = { ...sandbox.env, PATH: `${folder}:${sandbox.env.PATH}` }
  const { code, stdout } = await run(['--shell', '--plugin'], '', env)
  rmSync(folder, { recursive: true })
  const [response = '', ...args] = stdout.split('\n')
  const { SessionId } = JSON.parse(response) as { SessionId: string }
  expect(code).toBe(5)
  expect(args.slice(0, 5)).toEqual([
    ...['AWS_SSM_START_SESSION_RESPONSE', 'us-west-2', 'StartSession', ''],
    JSON.stringify({ Target: sandbox.instanceId }),
  ])
  await sandbox.room.clients.ssm.send(new TerminateSessionCommand({ SessionId }))
  const without = await run(['--shell', '--plugin'])
  expect(without.code).toBe(1)
  expect(without.stderr).toContain('there is no session-manager-plugin on PATH')
  expect(await active()).toEqual([])
}, 240_000)

test('a stopped sandbox is started first', async () => {
  const { ec2 } = sandbox.room.clients
  await ec2.send(new StopInstancesCommand({ InstanceIds: [sandbox.instanceId] }))
  await sandbox.room.waitForState(sandbox.instanceId, 'stopped')
  const { code, stdout, stderr } = await run(['--command', 'echo back'])
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'back\n' })
  expect(stderr).toContain(`✓ Start ${sandbox.instanceId}`)
}, 240_000)

test('without a terminal nobody can log in, and that is said', async () => {
  await outcome('approved')
  const { code, stderr } = await run([])
  expect(code).toBe(1)
  expect(stderr).toContain('Kiro is not logged in on the sandbox of alice')
}, 240_000)
