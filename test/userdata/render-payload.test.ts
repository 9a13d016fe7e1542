import { describe, expect, test } from 'vitest'
import { renderPayload } from '../../userdata/render-payload.ts'
import { provisionSteps, sealSteps, verifyScript } from '../../userdata/steps.ts'
import { renderTemplate } from '../../userdata/template.ts'
import { readSources, values } from './payload.ts'

const sources = readSources()
const payload = renderPayload(sources, values(['unzip-0:6.0-1.x86_64']))
const text = (path: string) => payload.find((file) => file.path === path)?.content ?? ''

test('the same input gives the same files in the same order', () => {
  const reversed = new Map([...sources].reverse())
  expect(renderPayload(reversed, values(['unzip-0:6.0-1.x86_64']))).toEqual(payload)
  expect(payload.map(({ path }) => path)).toEqual(payload.map(({ path }) => path).sort())
})

test('every step has its script, and scripts are executable', () => {
  for (const script of [...provisionSteps, ...sealSteps].map((step) => step.script).concat(verifyScript))
    expect([script, payload.find(({ path }) => path === script)?.mode]).toEqual([script, 0o755])
})

test('roles are those of the stacks, with places for what only a machine knows', () => {
  const config = text('rootfs/home/kiro/.aws/config')
  expect(config).toContain('role_arn = arn:aws:iam::@account_id@:role/kiro-readonly-@sandbox_user@\n')
  expect(config).toContain('role_arn = arn:aws:iam::@account_id@:role/kiro-elevated-@sandbox_user@\n')
  expect(text('rootfs/home/kiro/.aws/kiro-readonly.config')).not.toContain('elevated')
})

describe('agents', () => {
  const agents = ['readonly', 'elevated'].map((name) =>
    JSON.parse(text(`rootfs/home/kiro/.kiro/agents/${name}.json`)),
  )

  test.each(agents.map((agent) => [agent.name, agent]))(
    '%s names its tools one by one, and no subagents',
    (_name, agent) => {
      expect(agent.tools.length).toBeGreaterThan(3)
      for (const tool of agent.tools) expect(tool).not.toMatch(/[*@]|subagent|delegate|use_aws/)
      for (const tool of agent.allowedTools) expect(agent.tools).toContain(tool)
      expect(agent.allowedTools).not.toContain('shell')
      for (const tool of Object.keys(agent.toolsSettings)) expect(agent.tools).toContain(tool)
      expect(agent.resources).toContain('file://~/.kiro/steering/**/*.md')
    },
  )

  test('the readonly one is guarded before every tool', () => {
    const [hook] = agents[0].hooks.preToolUse
    // Of what a hook may answer, only 2 is no; a guard that is gone would answer 127.
    expect(hook).toMatchObject({
      command: '/usr/local/lib/kiro-sandbox/guard || exit 2',
      cache_ttl_seconds: 0,
    })
    // A matcher compares names that differ between versions; the guard looks itself.
    expect(hook.matcher).toBeUndefined()
  })

  test.each([
    ['aws ec2 describe-instances --output json', true],
    ['git diff --stat HEAD~1', true],
    ['git log -p src/main.ts', true],
    ['git diff --output=/home/kiro/.bashrc', false],
    ['git branch -D main', false],
    ['aws s3 rm s3://bucket/key', false],
    ['aws ec2 describe-instances; rm -rf x', false],
  ])('the readonly one asks first, or not: %s', (command, silent) => {
    // kiro-cli anchors them at both ends.
    const patterns: string[] = agents[0].toolsSettings.shell.allowedCommands
    expect(patterns.some((pattern) => new RegExp(`^(?:${pattern})$`).test(command))).toBe(silent)
  })

  test('steering names the roles as the stacks do', () => {
    expect(text('rootfs/home/kiro/.kiro/steering/aws.md')).toContain('`kiro-readonly-<engineer>`')
  })
})

describe('templates are strict', () => {
  test('a value that is missing is an error', () =>
    expect(() => renderTemplate('t', 'a {{one}} {{two}}', { one: '1' })).toThrow('two'))
  test('so is one that has no place', () =>
    expect(() => renderTemplate('t', 'a {{one}}', { one: '1', two: '2' })).toThrow('no place for two'))
  test('text stays as it is', () => expect(renderTemplate('t', '<{{one}}>', { one: `"&'` })).toBe(`<"&'>`))
})
