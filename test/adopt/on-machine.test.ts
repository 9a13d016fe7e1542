import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openSession, root, type Session } from '../e2e/cli.ts'
import { openRunner } from '../e2e/in-sandbox.ts'
import { minutes } from '../e2e/sandbox-checks.ts'
import { ArticleStack, template } from './stack.ts'

const name = 'kiro-agent-test'

/** The line of the article's user data that writes the AWS profiles; in a container its swap ends it before. */
const writeProfiles = (region: string): string => {
  const line = template.split('\n').find((one) => one.includes("printf '[default]")) ?? ''
  const role = (which: string) => `arn:aws:iam::111122223333:role/kiro-${which}-${name}`
  return line
    .trim()
    .replaceAll('${AWS::Region}', region)
    .replaceAll('${ReadOnlyRole.Arn}', role('readonly'))
    .replaceAll('${ElevatedRole.Arn}', role('elevated'))
}

const asUser = (profile: string, call: string) =>
  `runuser -l ec2-user -c 'aws --profile ${profile} ${call}' 2>&1 || true`

describe.sequential('on a real machine', () => {
  let session: Session
  let stack: ArticleStack
  let run: (script: string) => Promise<string>
  const readProfiles = () => run('cat /home/ec2-user/.aws/config')
  const began = () => run('systemctl show --property=UserspaceTimestampMonotonic')
  beforeAll(async () => {
    session = openSession({ network: { endpoints: [] } })
    await session.run('local:up')
    stack = await ArticleStack.make(session, name)
    const runner = await openRunner(session)
    run = async (script) => runner((await stack.machine()).InstanceId ?? '', script)
    // Until its agent has reported, Systems Manager knows no such machine.
    await vi.waitFor(() => run('true'), { timeout: 2 * minutes, interval: 1000 })
    await run(
      `mkdir -p /home/ec2-user/.aws; ${writeProfiles(stack.config.region)}; printf '\\n[profile mine]\\nregion = eu-west-1\\n' >>/home/ec2-user/.aws/config; chown -R ec2-user: /home/ec2-user/.aws`,
    )
    // Where the article's installer puts it; on the local target it is a stand-in.
    const kiro = readFileSync(join(root, 'local', 'artifacts', 'kiro-cli.py'), 'utf8')
    const path = '/home/ec2-user/.local/bin/kiro-cli'
    await run(
      `install -d -o ec2-user -g ec2-user /home/ec2-user/.local/bin; echo ${Buffer.from(kiro.replaceAll('@version@', '2.21.4')).toString('base64')} | base64 -d >${path}; chmod 755 ${path}; mkdir -p /home/ec2-user/.kiro/agents; echo '{}' >/home/ec2-user/.kiro/agents/readonly.json; chown -R ec2-user: /home/ec2-user/.kiro`,
    )
  }, 4 * minutes)
  afterAll(() => session.close())

  test('its profiles lead to the sandbox’s roles without a restart; elevated needs a window; undo gives the file back', {
    timeout: 8 * minutes,
  }, async () => {
    const [profiles, start] = [await readProfiles(), await began()]
    const left = await run('getent passwd kiro; ls -A /usr/local/bin; ls /home')
    expect(await run(asUser('kiro-elevated', 'sts get-caller-identity --query Arn'))).toContain(
      `assumed-role/kiro-elevated-${name}/kiro-elevated-session`,
    )

    const args = ['--stack', name, '--user', 'alice', '--yes']
    const { code, stderr } = await session.run('adopt', ...args, '--keep-stack')
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(await began()).toBe(start)
    expect(await readProfiles()).toContain('[profile mine]\nregion = eu-west-1\n')
    expect(await run(asUser('kiro-readonly', 'sts get-caller-identity --query Arn'))).toBe(
      '"arn:aws:sts::111122223333:assumed-role/kiro-readonly-alice/alice"',
    )
    expect(await run(asUser('kiro-elevated', 'ec2 describe-regions'))).toContain('UnauthorizedOperation')

    // Session documents of sandboxes are for its user, and an adopted machine has it under a second name.
    await session.run('sandbox:up', '--user', 'alice')
    const connect = (...more: string[]) => session.run('ssm:connect', '--user', 'alice', ...more)
    const who = await connect('--command', 'id -u ec2-user; id -u; echo $HOME; kiro-cli --version')
    expect(who).toMatchObject({ code: 0, stdout: '1000\n1000\n/home/ec2-user\nkiro-cli 2.21.4\n' })
    const chat = await connect('--command', 'kiro-sandbox chat readonly --no-interactive hello')
    expect(chat.stderr).toContain('not logged in')

    const back = await session.run('adopt', ...args, '--undo')
    expect({ code: back.code, stderr: back.code === 0 ? '' : back.stderr }).toEqual({ code: 0, stderr: '' })
    expect([await readProfiles(), await began()]).toEqual([profiles, start])
    expect(await run('getent passwd kiro; ls -A /usr/local/bin; ls /home')).toBe(left)
    expect(await run(asUser('kiro-readonly', 'sts get-caller-identity --query Arn'))).toContain(
      `assumed-role/kiro-readonly-${name}/kiro-readonly-session`,
    )
  })
})
