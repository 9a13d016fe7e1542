import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
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

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Not spawnSync: while that waits the test runner hears nothing of us, and gives us up after a minute. */
const spawned = (program: string, args: readonly string[], env = process.env): Promise<Ended> =>
  new Promise((done, fail) => {
    const child = spawn(program, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (text: Buffer) => {
      stdout += text
    })
    child.stderr.on('data', (text: Buffer) => {
      stderr += text
    })
    child.on('error', fail)
    child.on('close', (status) => done({ status, stdout, stderr }))
  })

/** Node releases as npm packages: the oldest LTS that is too old, and the newest. */
const nodePackage = async (version: string): Promise<string> => {
  const path = folder()
  const name = `node-${process.platform}-${process.arch}@${version}`
  const { status, stderr } = await spawned('npm', ['install', '--prefix', path, '--no-save', name])
  expect({ status }, stderr).toEqual({ status: 0 })
  return join(path, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
}

describe('versions of Node', () => {
  test('one that is too old is told so in one sentence', { timeout: 4 * minutes }, async () => {
    const args = [launch, 'sandbox:up', '--user', 'alice']
    const { status, stderr } = await spawned(await nodePackage('18.20.8'), args)
    expect(status).toBe(1)
    expect(stderr).toBe(
      'error: Node 18.20.8 is too old: 20.19 or newer is needed\nhint:  install a current LTS from https://nodejs.org\n',
    )
  })

  test('the newest LTS runs the same commands', { timeout: 5 * minutes }, async () => {
    const node = await nodePackage('26.10.0')
    const env = { ...process.env, KIRO_SANDBOX_STATE: folder() }
    const run = (...args: string[]) => spawned(node, [launch, ...args], env)
    try {
      const plan = await run('sandbox:up', '--user', 'alice', '--plan')
      expect(plan.stdout).toContain('make: sandbox-alice')
      expect(plan.stderr).not.toMatch(/deprecat|warning/i)
      expect((await run('sandbox:list')).status).toBe(0)
    } finally {
      expect((await run('local:down')).status).toBe(0)
    }
  })
})

describe('a place that cannot be written', () => {
  test.runIf(isRoot)('no permission in the checkout: one sentence and the way out', async () => {
    const state = folder()
    chownSync(state, 65534, 65534)
    chmodSync(state, 0o755)
    // Root without its powers: it still reads its own checkout, wherever that is, and writes to nobody else's folder.
    const powerless = ['--bounding-set=-all', '--inh-caps=-all', process.execPath, launch, 'sandbox:list']
    const { status, stderr } = await spawned('setpriv', powerless, {
      ...{ PATH: process.env.PATH, HOME: '/nonexistent', KIRO_SANDBOX_STATE: join(state, 'inner') },
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
  timeout: 3 * minutes,
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
