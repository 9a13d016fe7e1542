import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openSession, root, type Session } from '../e2e/cli.ts'

const minutes = 60_000
const isRoot = process.getuid?.() === 0
const launch = join(root, 'scripts', 'launch.mjs')

const folders: string[] = []
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'kiro-place-'))
  folders.push(path)
  return path
}
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true })
})

describe('what is typed wrong starts nothing', () => {
  const session = openSession()
  afterAll(() => session.close())

  test.each([
    ['../../etc/passwd'],
    ['$(touch /tmp/owned)'],
    ['älice'],
    ['x'.repeat(200)],
    ['Alice'],
    ['a\u001b[2Jb'],
  ])('user name %j', async (name) => {
    const { code, stdout, stderr } = await session.run('sandbox:up', '--user', name)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: user name ".*" (has|is)/)
    expect(stderr).not.toContain('\u001b')
    expect(existsSync(join(session.state, 'local'))).toBe(false)
  })

  test.each([
    ['{"region":"us-west-2",}', 'is not valid JSON'],
    ['{"instance":{"rootVolumeGiB":"big"}}', 'instance.rootVolumeGiB is "big"'],
    ['{"instanse":{}}', 'unknown setting instanse'],
    ['{"target":"aws"}', 'target aws needs accountId'],
  ])('settings %s', async (text, message) => {
    const file = join(folder(), 'settings.json')
    writeFileSync(file, text)
    const { code, stderr } = await session.run('sandbox:up', '--user', 'alice', '--config', file)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('hint:')
    expect(existsSync(join(session.state, 'local'))).toBe(false)
  })

  test('a settings file that is named must be there', async () => {
    const { code, stderr } = await session.run('sandbox:list', '--config', '/no/such/file.json')
    expect(code).toBe(2)
    expect(stderr).toContain('settings file /no/such/file.json does not exist')
  })
})

/** Node releases as npm packages: the oldest LTS that is too old, and the newest. */
const nodePackage = (version: string): string => {
  const path = folder()
  execFileSync(
    'npm',
    ['install', '--prefix', path, '--no-save', `node-${process.platform}-${process.arch}@${version}`],
    { stdio: 'pipe' },
  )
  return join(path, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
}

describe('versions of Node', () => {
  test('one that is too old is told so in one sentence', { timeout: 3 * minutes }, () => {
    const { status, stderr } = spawnSync(nodePackage('18.20.8'), [launch, 'sandbox:up', '--user', 'alice'], {
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr).toBe(
      'error: Node 18.20.8 is too old: 20.19 or newer is needed\nhint:  install a current LTS from https://nodejs.org\n',
    )
  })

  test('the newest LTS runs the same commands', { timeout: 4 * minutes }, () => {
    const node = nodePackage('26.10.0')
    const state = folder()
    const run = (...args: string[]) =>
      spawnSync(node, [launch, ...args], {
        encoding: 'utf8',
        env: { ...process.env, KIRO_SANDBOX_STATE: state },
      })
    try {
      const plan = run('sandbox:up', '--user', 'alice', '--plan')
      expect(plan.stdout).toContain('make: sandbox-alice')
      expect(plan.stderr).not.toMatch(/deprecat|warning/i)
      expect(run('sandbox:list').status).toBe(0)
    } finally {
      expect(run('local:down').status).toBe(0)
    }
  })
})

describe('a place that cannot be written', () => {
  test.runIf(isRoot)('no permission in the checkout: one sentence and the way out', () => {
    const state = folder()
    const { status, stderr } = spawnSync(process.execPath, [launch, 'sandbox:list'], {
      encoding: 'utf8',
      uid: 65534,
      gid: 65534,
      env: { PATH: process.env.PATH, HOME: '/nonexistent', KIRO_SANDBOX_STATE: join(state, 'inner') },
    })
    expect(status).toBe(1)
    expect(stderr).toContain(`error: cannot write to ${join(state, 'inner')}: EACCES`)
    expect(stderr).toContain('KIRO_SANDBOX_STATE=')
  })

  test.runIf(isRoot)(
    'a full disk: the run stops with a sentence, and goes on when there is space',
    { timeout: 4 * minutes },
    async () => {
      const state = folder()
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=220m', 'tmpfs', state])
      let session: Session | undefined
      try {
        session = openSession({ network: { endpoints: [] } }, { KIRO_SANDBOX_STATE: state })
        expect((await session.run('local:up')).code).toBe(0)
        const { bavail, bsize } = statfsSync(state)
        mkdirSync(join(state, 'ballast'))
        spawnSync(
          'dd',
          [
            'if=/dev/zero',
            `of=${join(state, 'ballast', 'file')}`,
            'bs=4096',
            `count=${Math.ceil((bavail * bsize) / 4096) + 10}`,
          ],
          { stdio: 'pipe' },
        )
        const full = await session.run('sandbox:up', '--user', 'alice')
        expect(full.code).toBe(1)
        expect(full.stderr).toMatch(/error: .*(no space|disk is full|could not save)/i)
        expect(full.stderr).toContain('hint:')
        expect(full.stderr).not.toContain('bug:')
        rmSync(join(state, 'ballast'), { recursive: true })
        const { code } = await session.run('sandbox:up', '--user', 'alice')
        expect(code).toBe(0)
      } finally {
        await session?.run('local:down')
        execFileSync('umount', [state])
      }
    },
  )
})

test('a provider mirror that lacks the provider is named, with the way out', {
  timeout: minutes,
}, async () => {
  const empty = folder()
  const session = openSession(undefined, { TERRAFORM_PROVIDER_MIRROR: empty })
  try {
    const { code, stderr } = await session.run('sandbox:up', '--user', 'alice')
    expect(code).toBe(1)
    expect(stderr).toContain(
      `TERRAFORM_PROVIDER_MIRROR=${empty} holds no registry.terraform.io/hashicorp/aws 5.100.0`,
    )
    expect(stderr).toContain('hint:')
  } finally {
    await session.close()
  }
})
