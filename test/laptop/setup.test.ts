import { chmodSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Home, laptopSettings, openHome } from './home.ts'

let home: Home
beforeEach(() => {
  home = openHome()
})
afterEach(() => home.close())

const setup = (...args: string[]) => home.npmLong('laptop:setup', args)
const text = (...parts: string[]) => readFileSync(home.at(...parts), 'utf8')

describe('setup', () => {
  test('a clean home gets profiles, an empty credentials file, launchers, agents and steering, for its owner alone', async () => {
    const { code, stderr } = await setup('--yes')
    expect([code, stderr]).toEqual([0, expect.stringContaining('kiro-aws login')])
    expect(text('.aws', 'kiro', 'config')).toMatchSnapshot()
    expect(text('.kiro', 'steering', 'AGENTS.md')).toMatchSnapshot()
    expect(text('.bashrc')).toMatchSnapshot()
    expect(text('.aws', 'kiro', 'credentials')).toBe('')
    for (const agent of ['aws-readonly', 'elevated'])
      expect(JSON.parse(text('.kiro', 'agents', `${agent}.json`))).toMatchObject({
        name: agent,
        includeMcpJson: false,
      })
    const open = Object.entries(home.tree()).filter(([, what]) => !/^[67]00( |$)/.test(what))
    expect(open).toEqual([])
  })

  test('twice is as once, and says so', async () => {
    await setup('--yes')
    const before = home.tree()
    expect(await setup()).toMatchObject({ code: 0, stdout: 'everything is as the settings say\n' })
    expect(home.tree()).toEqual(before)
  })

  test('--plan and --json change nothing and name every file', async () => {
    const { code, stdout } = await setup('--plan', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      planned: true,
      profiles: [{ name: 'kiro-readonly' }, { name: 'kiro-dev-write' }, { name: 'kiro-prod-readonly' }],
    })
    expect(home.tree()).toEqual({})
  })

  test('what somebody has changed in our files and lines is asked for, and kept aside', async () => {
    await setup('--yes')
    const before = home.tree()
    home.write('.aws/kiro/config', '[profile prod-admin]\n', 0o600)
    writeFileSync(
      home.at('.bashrc'),
      text('.bashrc').replace('alias kiro-aws', 'alias mine=1\nalias kiro-aws'),
    )
    const asked = await setup()
    expect([asked.code, asked.stderr]).toEqual([
      2,
      expect.stringContaining('error: to change ~/.aws/kiro/config, ~/.bashrc needs a yes'),
    ])
    const { stdout } = await setup('--yes')
    expect(stdout.split('\n').slice(0, -1)).toEqual(
      ['~/.aws/kiro/config', '~/.bashrc'].map(
        (name) => `${name} was changed since; as it is now it is kept in ~/.aws/kiro/before`,
      ),
    )
    const { [join('.aws', 'kiro', 'before')]: _, ...after } = home.tree()
    const kept = Object.keys(after).filter((path) => path.includes('before/'))
    expect(kept.map((path) => text(path)).sort()).toEqual([
      expect.stringContaining('alias mine=1'),
      '[profile prod-admin]\n',
    ])
    for (const path of Object.keys(before).filter((name) => !name.endsWith('laptop.json')))
      expect(after[path]).toBe(before[path])
  })

  test('without a yes no start file is touched, and neither is anything else', async () => {
    home.write('.bashrc', 'x=1\n')
    const before = home.tree()
    const { code, stderr } = await setup()
    expect([code, stderr]).toEqual([2, expect.stringContaining('error: to change ~/.bashrc needs a yes')])
    expect(home.tree()).toEqual(before)
  })

  test('--shell none leaves start files alone and needs no yes', async () => {
    expect((await setup('--shell', 'none')).code).toBe(0)
    expect(Object.keys(home.tree()).filter((path) => !/^\.(aws|kiro)/.test(path))).toEqual([])
  })

  test('production may be left out, or written to when the settings say so', async () => {
    const profilesWith = async (laptop: object) => {
      const other = openHome({ ...laptopSettings, laptop })
      const { stdout } = await other.npmLong('laptop:setup', ['--plan', '--json'])
      other.close()
      return (JSON.parse(stdout) as { profiles: { name: string }[] }).profiles.map(({ name }) => name)
    }
    const dev = { devAccountId: '111122223333' }
    expect(await profilesWith(dev)).toEqual(['kiro-readonly', 'kiro-dev-write'])
    expect(await profilesWith({ ...dev, prodAccountId: '999999999999', prodWrite: true })).toEqual([
      ...['kiro-readonly', 'kiro-dev-write', 'kiro-prod-readonly', 'kiro-prod-write'],
    ])
  })
})

describe('removal', () => {
  test.each([
    ['a clean home', () => {}],
    [
      'start files without a last line end, agents and steering of the same names, a folder made by hand',
      () => {
        home.write('.bashrc', Buffer.from('# gr\xf6\xdfe\nalias a=b', 'latin1'), 0o640)
        home.write('.kiro/agents/elevated.json', '{"name":"mine"}', 0o664)
        home.write('.kiro/steering/AGENTS.md', '---\ninclusion: always\n---\r\nmine')
        home.write('.aws/config', '[profile prod-admin]\nregion = us-east-1\n', 0o600)
        home.write('.aws/kiro/config', '[profile kiro-readonly]\nregion = us-east-1\n')
        home.write('.aws/kiro/credentials', '', 0o600)
        home.write('.aws/kiro/notes', 'of mine')
      },
    ],
    [
      'a start file that is a link into dotfiles',
      () => {
        home.write('dotfiles/bashrc', 'x=1\r\n')
        symlinkSync('dotfiles/bashrc', home.at('.bashrc'))
      },
    ],
  ] as const)('takes back everything, byte for byte: %s', async (_name, prepare) => {
    prepare()
    const before = home.tree()
    expect((await setup('--yes')).code).toBe(0)
    expect((await setup('--yes', '--shell', 'zsh')).code).toBe(0)
    expect(Object.keys(home.tree()).length).toBeGreaterThan(Object.keys(before).length + 3)
    const { code, stderr } = await setup('--remove', '--yes')
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('was changed since')])
    expect(home.tree()).toEqual(before)
    expect((await setup('--remove', '--yes')).stdout).toBe('nothing of laptop:setup is here\n')
  })

  test('what a person wrote below our block stays', async () => {
    home.write('.bashrc', 'first\n')
    await setup('--yes')
    writeFileSync(home.at('.bashrc'), `${text('.bashrc')}second\n`)
    await setup('--remove', '--yes')
    expect(text('.bashrc')).toBe('first\nsecond\n')
  })

  test('a file of ours that was changed since is named before it goes', async () => {
    await setup('--yes')
    home.write('.aws/kiro/config', '[profile prod-admin]\n', 0o600)
    const { stderr } = await setup('--remove', '--yes')
    expect(stderr).toContain('~/.aws/kiro/config was changed since')
    expect(home.tree()).toEqual({})
  })

  test('a link that took the place of our file goes, and what it leads to stays as it is', async () => {
    home.write('.kiro/agents/elevated.json', '{"name":"mine"}')
    home.write('.aws/config', 'of mine')
    const before = home.tree()
    await setup('--yes')
    for (const name of ['.kiro/agents/elevated.json', '.aws/kiro/config']) {
      rmSync(home.at(name))
      symlinkSync(home.at('.aws', 'config'), home.at(name))
    }
    const { stderr } = await setup('--remove', '--yes')
    expect(stderr).toContain('~/.kiro/agents/elevated.json was changed since')
    expect(home.tree()).toEqual(before)
  })

  test('what was kept and is gone is not said to be back', async () => {
    home.write('.kiro/agents/elevated.json', '{"name":"mine"}')
    await setup('--yes')
    const ours = text('.kiro', 'agents', 'elevated.json')
    rmSync(home.at('.aws', 'kiro', 'before'), { recursive: true })
    const { stdout } = await setup('--remove', '--yes')
    expect(stdout).toContain('~/.kiro/agents/elevated.json: left as it is')
    expect(text('.kiro', 'agents', 'elevated.json')).toBe(ours)
  })

  test('lines written between our comments are named before they go', async () => {
    await setup('--yes')
    writeFileSync(
      home.at('.bashrc'),
      text('.bashrc').replace('alias kiro-aws', 'alias mine=1\nalias kiro-aws'),
    )
    const { stderr } = await setup('--remove', '--yes')
    expect(stderr).toContain('~/.bashrc was changed since')
    expect(home.tree()).toEqual({})
  })

  test('a record that is not ours is never believed', async () => {
    await setup('--yes')
    home.write('.aws/kiro/laptop.json', '{"version":2}', 0o600)
    const before = home.tree()
    expect(await setup('--remove', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('laptop.json is not what laptop:setup wrote'),
    })
    expect(home.tree()).toEqual(before)
  })
})

describe('the own AWS configuration of a person is never written', () => {
  test.each([
    ['the file is a link to it', 'kiro/config', '../config'],
    ['the folder is a link to its folder', 'kiro', '.'],
    ['the credentials are a link to it', 'kiro/credentials', '../credentials'],
  ])('%s', async (_name, link, target) => {
    home.write('.aws/config', 'mine')
    home.write('.aws/credentials', 'mine')
    if (link !== 'kiro') home.write('.aws/kiro/notes', '')
    symlinkSync(target, home.at('.aws', link))
    const before = home.tree()
    const { code, stderr } = await setup('--yes')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: .*is a link to \.[^\n]*\nhint: /)])
    expect(home.tree()).toEqual(before)
  })
})

describe('edges', () => {
  test.each([
    ['no start URL', { laptop: { devAccountId: '111122223333' } }, [], 'where engineers log in to AWS'],
    ['no account', { login: laptopSettings.login }, [], 'which account Kiro works in'],
    ['an unknown shell', laptopSettings, ['--shell', 'tcsh'], '--shell "tcsh" is not one of bash, zsh'],
    ['--remove with a shell', laptopSettings, ['--remove', '--shell', 'zsh'], 'which start files to clean'],
    [
      'an account of eleven digits',
      { ...laptopSettings, laptop: { prodAccountId: '99999999999' } },
      [],
      'laptop.prodAccountId is "99999999999", the 12 digits of an AWS account',
    ],
    ['writes to no production', { laptop: { prodWrite: true } }, [], 'prodWrite with prodAccountId'],
  ] as const)('%s is a sentence and exit code 2', async (_name, settings, args, sentence) => {
    const other = openHome(settings)
    const { code, stderr } = await other.npmLong('laptop:setup', ['--yes', ...args])
    expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)])
    expect(stderr).toContain('hint:')
    expect(other.tree()).toEqual({})
    other.close()
  })

  test('a start file that is a link to nowhere is named, not replaced', async () => {
    symlinkSync('dotfiles/gone', home.at('.bashrc'))
    expect(await setup('--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('which is not there'),
    })
    expect(lstatSync(home.at('.bashrc')).isSymbolicLink()).toBe(true)
  })

  test('a run that was cut off before its last file is finished by the next, or taken back', async () => {
    home.write('.bashrc', 'x=1\n')
    const before = home.tree()
    await setup('--yes')
    for (const name of ['.aws/kiro/bin/kiro-aws', '.kiro/agents/elevated.json']) rmSync(home.at(name))
    writeFileSync(home.at('.bashrc'), 'x=1\n')
    chmodSync(home.at('.aws/kiro/config'), 0o644)
    expect((await setup('--yes')).stdout.split('\n').length).toBe(5)
    rmSync(home.at('.kiro/agents/elevated.json'))
    await setup('--remove', '--yes')
    expect(home.tree()).toEqual(before)
  })
})
