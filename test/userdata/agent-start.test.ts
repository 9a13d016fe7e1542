import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type AgentStart, agentStartSettings } from '../../config/agent-start.ts'
import { renderUserData } from '../../stacks/synth.ts'
import { inputs, sandboxSpec } from '../stacks/specs.ts'

const root = join(import.meta.dirname, '..', '..')
const program = join(root, 'userdata', 'rootfs', 'usr', 'local', 'lib', 'kiro-sandbox', 'agent_start.py')
const undo: (() => void)[] = []
afterEach(() => {
  for (const one of undo.splice(0).reverse()) one()
})

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Settings as boot.sh leaves them; undefined: by a checkout that knew of none. */
const start = async (agent: string, settings: unknown): Promise<Ran> => {
  const folder = mkdtempSync(join(tmpdir(), 'kiro-agent-start-'))
  undo.push(() => rmSync(folder, { recursive: true }))
  writeFileSync(
    join(folder, 'sandbox'),
    "sandbox_user='alice'\naws_region='us-west-2'\naccount_id='111122223333'\n",
  )
  if (settings !== undefined) writeFileSync(join(folder, 'agent-start.json'), JSON.stringify(settings))
  const child = spawn('python3', ['-I', '-S', program, agent, folder], { env: { PATH: process.env.PATH } })
  const [out, err]: Buffer[][] = [[], []]
  child.stdout.on('data', (part: Buffer) => out?.push(part))
  child.stderr.on('data', (part: Buffer) => err?.push(part))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout: Buffer.concat(out ?? []).toString(), stderr: Buffer.concat(err ?? []).toString() }
}

const serve = async (answer: Parameters<typeof createServer>[1]): Promise<string> => {
  const server: Server = createServer(answer as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/secret-part`
}

const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const always = { days: week, from: '00:00', to: '24:00', timeZone: 'Asia/Kathmandu', note: 'Wait.' }
/** Three days of which none is yesterday, today or tomorrow anywhere. */
const notNow = [3, 4, 5].map((days) => week[(new Date().getUTCDay() + 6 + days) % 7])

describe('when an agent starts', () => {
  test('nothing is said and nobody told where the settings ask for nothing', async () => {
    expect(await start('readonly', {})).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await start('readonly', undefined)).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('outside office hours the agent reads the note, in them nothing', async () => {
    expect((await start('readonly', { officeHours: always })).stdout).toBe('')
    const out = await start('elevated', { officeHours: { ...always, days: notNow } })
    expect(out.stdout).toBe(
      `It is outside office hours (${notNow.join(', ')} 00:00 to 24:00 Asia/Kathmandu). Wait.\n`,
    )
  })

  test('the webhook is told which agent starts for whom', async () => {
    let told = ''
    const webhook = await serve((request, response) => {
      request.on('data', (part) => {
        told += part
      })
      request.on('end', () => response.end('ok'))
    })
    expect(await start('elevated', { webhook })).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(JSON.parse(told)).toEqual({
      text: 'The agent elevated starts in the sandbox of alice (account 111122223333, us-west-2).',
      ...{ agent: 'elevated', user: 'alice', account: '111122223333', region: 'us-west-2' },
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\+00:00$/),
    })
  })

  test.each([
    [
      'that refuses',
      (_: unknown, response: { writeHead(status: number): { end(): void } }) => response.writeHead(500).end(),
    ],
    ['that never answers', () => {}],
  ])('a webhook %s costs seconds at most, and its address stays out of what is said', async (_, answer) => {
    const webhook = await serve(answer as never)
    const ran = await start('readonly', { webhook, officeHours: { ...always, days: notNow } })
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain('outside office hours')
    expect(ran.stderr).toMatch(/^kiro-sandbox: the start of an agent was not told on: \w+\n$/)
  })
})

test('the user data of a stack carries the settings', () => {
  const agentStart: AgentStart = agentStartSettings.parse({
    webhook: 'https://hooks.example.com/kiro',
    officeHours: { timeZone: 'Europe/Berlin' },
  })
  const script = renderUserData({ ...sandboxSpec, agentStart }, inputs)
  const text = /^agent_start='(.*)'$/m.exec(script)?.[1] ?? ''
  expect(JSON.parse(Buffer.from(text, 'base64').toString())).toEqual(agentStart)
  expect(agentStart.officeHours?.days).toEqual(['mon', 'tue', 'wed', 'thu', 'fri'])
})

test.each([
  [{ webhook: 'http://hooks.example.com/kiro' }, /an address such as https/],
  [{ officeHours: { timeZone: 'Mars/Olympus' } }, /a time zone such as Europe\/Berlin/],
  [{ officeHours: { timeZone: 'CET' } }, /a time zone such as Europe\/Berlin/],
  [{ officeHours: { timeZone: 'Etc/UTC', from: '18:00', to: '09:00' } }, /later than from/],
  [{ officeHours: { timeZone: 'Etc/UTC', days: ['mon', 'mon'] } }, /each day once/],
  [{ officeHours: { timeZone: 'Etc/UTC', note: 'two\nlines' } }, /on one line/],
])('%j is refused', (settings, sentence) => {
  const { error } = agentStartSettings.safeParse(settings)
  expect(error?.issues.map(({ message }) => message).join()).toMatch(sentence)
})
