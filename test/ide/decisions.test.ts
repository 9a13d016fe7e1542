import { describe, expect, test } from 'vitest'
import type { UserName } from '../../config/user-name.ts'
import { chooseEditor, planFolder, renderFolderUri, renderSettings } from '../../scripts/ide/editors.ts'
import { explainSsh } from '../../scripts/ide/explain-ssh.ts'
import { decideFitness, parseFacts } from '../../scripts/ide/fitness.ts'

const gib = 1024 * 1024
const good = {
  ...{ folder: true, kernel: '6.1', libc: '2.34' },
  ...{ freeDiskKiB: 20 * gib, memoryKiB: 3.7 * gib, availableKiB: 3 * gib },
}

describe('what a machine has', () => {
  test('is read from what the script prints', () => {
    const text = [
      ...['folder yes', 'kernel 6.1.155-176.282.amzn2023.aarch64', 'libc glibc 2.34'],
      ...['disk 20971520', 'memory 3914752', 'available 3000000', ''],
    ].join('\n')
    expect(parseFacts(text)).toEqual({
      ...{ folder: true, kernel: '6.1', libc: '2.34', freeDiskKiB: 20971520 },
      ...{ memoryKiB: 3914752, availableKiB: 3000000 },
    })
  })

  test('is unknown when something else has answered', () => {
    expect(parseFacts('Please login as the user "ec2-user"\n')).toBeUndefined()
  })

  test.each([
    ['a t4g.medium', {}, [], []],
    ['1 GiB, of which Linux shows less', { memoryKiB: 0.92 * gib, availableKiB: 0.5 * gib }, [], [/2 GB/]],
    ['half a GiB', { memoryKiB: 0.42 * gib }, [/430 MiB of memory, 1 GB/], []],
    ['a disk that is nearly full', { freeDiskKiB: 400 * 1024 }, [/400 MiB of free disk/], []],
    ['memory that others use', { availableKiB: 200 * 1024 }, [], [/only 200 MiB/]],
    ['an old kernel', { kernel: '4.14' }, [/kernel 4.14, 4.18/], []],
    ['an old libc', { libc: '2.26' }, [/glibc 2.26/], []],
    ['no libc that says its name', { libc: '' }, [], []],
  ])('%s', (_name, change, lacks, warnings) => {
    const found = decideFitness({ ...good, ...change })
    expect(found.lacks).toEqual(lacks.map((pattern) => expect.stringMatching(pattern)))
    expect(found.warnings).toEqual(warnings.map((pattern) => expect.stringMatching(pattern)))
  })
})

test.each([
  [undefined, '/home/kiro'],
  ['~', '/home/kiro'],
  ['project', '/home/kiro/project'],
  ['~/a b/', '/home/kiro/a b'],
  ['/srv/x/', '/srv/x'],
  ['/', '/'],
])('--folder %s means %s', (typed, folder) => expect(planFolder(typed, '/home/kiro')).toBe(folder))

test('a folder with control characters is refused', () => {
  expect(() => planFolder('a\nb', '/home/kiro')).toThrow('--folder has control characters')
})

test('the address survives what a folder may be called', () => {
  const folder = "/home/kiro/größe 100%/it's #1?"
  const uri = renderFolderUri('sandbox-alice', folder)
  expect(uri).toMatch(/^vscode-remote:\/\/ssh-remote\+sandbox-alice\/home\/kiro\/[A-Za-z0-9%'/]+$/)
  expect(decodeURIComponent(new URL(uri).pathname)).toBe(folder)
})

test.each([
  [undefined, ['code', 'cursor'], {}, 'code'],
  [undefined, ['kiro', 'cursor'], {}, 'cursor'],
  ['kiro', ['code'], {}, 'kiro'],
  [undefined, [], {}, undefined],
  [undefined, ['code'], { SSH_CONNECTION: '1' }, undefined],
  [undefined, ['code'], { SSH_CONNECTION: '1', TERM_PROGRAM: 'vscode' }, 'code'],
  ['code', [], { SSH_CONNECTION: '1' }, 'code'],
] as const)('wanted %s, installed %j, with %j: %s', (wanted, installed, environment, chosen) => {
  expect(chooseEditor(wanted, installed, environment)?.name).toBe(chosen)
})

test('the settings that are recommended are JSON, and name another config only when there is one', () => {
  expect(JSON.parse(renderSettings('sandbox-alice', undefined))).toMatchObject({
    'remote.SSH.remotePlatform': { 'sandbox-alice': 'linux' },
    'remote.SSH.localServerDownload': 'always',
  })
  expect(JSON.parse(renderSettings('sandbox-alice', '/x/config'))).toHaveProperty(
    ['remote.SSH.configFile'],
    '/x/config',
  )
})

test.each([
  [
    '@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@\nHost key verification failed.',
    /another host key/,
    /--remove/,
  ],
  ['error: AccessDenied: not authorized to perform OpenTunnel\nbanner', /with your login/, /access:policy/],
  ['kiro@i-0a: Permission denied (publickey).', /has not taken the key/, /sandbox:status/],
  ['Connection closed by UNKNOWN port 65535', /does not answer: Connection closed/, /ssh -v/],
  ['', /exit code 255/, /ssh -v/],
  [
    'error: the sandbox of alice is stopped (i-0a)\nhint:  npm run sandbox:up starts it\nConnection closed by UNKNOWN port 65535',
    /does not answer: the sandbox of alice is stopped/,
    /^npm run sandbox:up starts it$/,
  ],
])('%j says what to do', (stderr, sentence, hint) => {
  const error = explainSsh({ code: 255, stdout: '', stderr }, 'sandbox-alice', 'alice' as UserName)
  expect(error.message).toMatch(sentence)
  expect(error.hint).toMatch(hint)
})
