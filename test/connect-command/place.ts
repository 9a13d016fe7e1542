import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DescribeSessionsCommand } from '@aws-sdk/client-ssm'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { root } from '../local/control/fixture.ts'
import { openSandbox, type Sandbox } from './sandbox.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** One sandbox for all of it: making it takes longer than what is tried with it. */
export let sandbox: Sandbox
const terminals: Terminal[] = []
beforeAll(async () => {
  sandbox = await openSandbox()
}, 400_000)
afterAll(() => sandbox?.room.close())
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close()
})

const argv = (args: readonly string[]) => [
  ...[join(root, 'scripts', 'launch.mjs'), 'ssm:connect', '--user', 'alice', ...args],
]
/** The command in a terminal of its own, which is closed after the test. */
export const sitWith = (env: NodeJS.ProcessEnv, ...args: string[]): Terminal => {
  const terminal = openTerminal([process.execPath, ...argv([...args, '--no-browser'])], env)
  terminals.push(terminal)
  return terminal
}
export const sit = (...args: string[]): Terminal => sitWith(sandbox.env, ...args)
export const beginWith = (env: NodeJS.ProcessEnv, ...args: string[]) =>
  spawn(process.execPath, argv(args), { env })
export const begin = (...args: string[]) => beginWith(sandbox.env, ...args)
export const run = async (args: readonly string[], input = '', env = sandbox.env) => {
  const child = beginWith(env, ...args)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data: Buffer) => {
    stdout += data
  })
  child.stderr.on('data', (data: Buffer) => {
    stderr += data
  })
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}
export const active = async () => {
  const { ssm } = sandbox.room.clients
  return (await ssm.send(new DescribeSessionsCommand({ State: 'Active' }))).Sessions ?? []
}
/** What the stand-in of kiro-cli makes of the next login. */
export const outcome = (text: string) =>
  sandbox.run(`umask 022; echo '${text}' >/home/kiro/.kiro-stand-in-login; rm -rf /home/kiro/.local`)
/** A program takes the whole screen, or gives it back. */
export const otherScreen = (letter: 'h' | 'l') => new RegExp(`\u001b\\[\\?1049${letter}`)
