import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askLive } from '../../scripts/access/ask-live.ts'
import { buildWorlds, proveRows } from '../../stacks/proof/prove.ts'
import { buildWorld } from '../../stacks/proof/world.ts'
import { proofInputs } from './inputs.ts'

const worlds = buildWorlds(proofInputs)
const world = worlds.get('as set') ?? buildWorld(proofInputs, 'as set')
const findings = proveRows(worlds)

/** Stands for IAM at the far end of the real SDK: notes what it is asked, and says the same to everything. */
const calls: URLSearchParams[] = []
let decision = 'allowed'
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const call = new URLSearchParams(Buffer.concat(chunks).toString())
  calls.push(call)
  const action = call.get('Action')
  if (decision === 'missing') {
    response.statusCode = 404
    response.end(
      '<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no role</Message></Error></ErrorResponse>',
    )
    return
  }
  const member = `<member><EvalActionName>x</EvalActionName><EvalDecision>${decision}</EvalDecision></member>`
  response.end(
    `<${action}Response><${action}Result><EvaluationResults>${member}</EvaluationResults></${action}Result></${action}Response>`,
  )
})
beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)))
afterAll(() => new Promise((done) => server.close(done)))

const sdk = () => ({
  region: 'us-west-2',
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
})

test('AWS is asked about the roles that stand there, and its word counts', async () => {
  const { findings: asked, left } = await askLive(sdk(), world, findings, new AbortController().signal)
  expect(asked.length).toBeGreaterThan(300)
  expect(asked.length + left).toBe(findings.length)
  expect(asked.every(({ row, holds }) => holds === (row.expect === 'allow'))).toBe(true)
  expect(calls.length).toBe(asked.length)
  const sources = new Set(calls.map((call) => call.get('PolicySourceArn')).filter((arn) => arn !== null))
  const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`
  expect([...sources].sort()).toEqual(
    ['kiro-ec2-alice', 'kiro-elevated-alice', 'kiro-image-builder-us-west-2', 'kiro-readonly-alice'].map(
      role,
    ),
  )
  expect(calls.every((call) => call.get('ActionNames.member.1') !== 'sts:AssumeRole')).toBe(true)
})

test('a window that is not there is given along, and dates are dates', () => {
  const put = calls.find((call) => call.get('PolicyInputList.member.1')?.includes('AfterWindow'))
  expect(put?.get('PolicySourceArn')).toMatch(/kiro-elevated-alice$/)
  const entries = [...(put ?? [])].filter(([, value]) => value === 'aws:CurrentTime')
  const index = /ContextEntries\.member\.(\d+)/.exec(entries[0]?.[0] ?? '')?.[1]
  expect(put?.get(`ContextEntries.member.${index}.ContextKeyType`)).toBe('date')
  const engineer = calls.find((call) => call.get('Action') === 'SimulateCustomPolicy')
  expect(engineer?.get('PolicyInputList.member.1')).toContain('StartSessionOwnSandbox')
})

test('without the roles there is a sentence that says what to do', async () => {
  decision = 'missing'
  await expect(askLive(sdk(), world, findings, new AbortController().signal)).rejects.toMatchObject({
    message: expect.stringMatching(/^AWS has no role arn:aws:iam::111122223333:role\/kiro-/),
    hint: expect.stringContaining('sandbox:up'),
  })
})
