import { chmodSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { silentStory } from '../../../config/story.ts'
import {
  type ControlFile,
  controlPath,
  parseControlFile,
  protocol,
} from '../../../local/control/control-file.ts'
import { ensureControlPlane } from '../../../local/control/ensure.ts'
import { resetControlPlane } from '../../../local/control/reset.ts'
import { stopControlPlane } from '../../../local/control/stop.ts'
import { isAlive, python, waitUntil } from './fixture.ts'
import { answers, control, room } from './lifecycle-place.ts'

describe('a control file that lies', () => {
  const lie = async (change: (truth: ControlFile) => string) => {
    await room.up()
    const truth = control()
    await stopControlPlane(room.paths)
    writeFileSync(controlPath(room.paths.local), change(truth))
    const target = await room.up()
    expect([target.started, await answers(target)]).toEqual([true, true])
  }

  test('names the process of somebody else: it is neither believed nor harmed', async () => {
    await lie((truth) => JSON.stringify({ ...truth, pid: process.pid }))
    writeFileSync(
      controlPath(room.paths.local),
      JSON.stringify({ ...control(), nonce: 'other', pid: process.ppid }),
    )
    expect(await stopControlPlane(room.paths)).toBe(false)
    expect(isAlive(process.ppid)).toBe(true)
  })

  test('names the port of another server: it is not believed, and gets no token', async () => {
    const heard: string[] = []
    let claimed = 0
    const stranger = createServer((request, response) => {
      heard.push(`${request.url} ${request.headers['x-local-token'] ?? ''}`)
      response.end(JSON.stringify({ nonce: 'mine', pid: claimed }))
    }).listen(0, '127.0.0.1')
    await waitUntil(() => stranger.listening)
    const { port } = stranger.address() as { port: number }
    await lie((truth) => {
      claimed = truth.pid
      return JSON.stringify({ ...truth, port })
    })
    stranger.close()
    expect(heard).toEqual(['/_local/health '])
  })

  test('is garbage', () => lie(() => 'not json at all'))

  test.each([
    ['cut in half', (truth: ControlFile) => JSON.stringify(truth).slice(0, 80)],
    ['empty', () => ''],
    ['without a token', (truth: ControlFile) => JSON.stringify({ ...truth, token: undefined })],
    ['null', () => 'null'],
    ['a list', () => '[]'],
    ['on a port that cannot be', (truth: ControlFile) => JSON.stringify({ ...truth, port: 1e9 })],
  ])('is no control file when it is %s', (_name, change) => {
    const truth = {
      protocol,
      pid: 1,
      port: 2,
      nonce: 'n',
      token: 't',
      startedAt: 's',
      accountId: 'a',
      accessKeyId: 'k',
      secretAccessKey: 's',
      bundle: 'b',
      failure: null,
    }
    expect(parseControlFile(JSON.stringify(truth))).toEqual(truth)
    expect(parseControlFile(change(truth))).toBeUndefined()
  })
})

describe('a start that fails says why and what to type', () => {
  const failure = (options: { python?: string } = {}) =>
    ensureControlPlane({ paths: room.paths, python, idleMinutes: 1, story: silentStory, ...options }).then(
      () => 'it started',
      (error: { message: string; hint: string }) => `${error.message} | ${error.hint}`,
    )

  test('books that cannot be read; a reset keeps them', async () => {
    mkdirSync(room.paths.local, { recursive: true })
    writeFileSync(
      join(room.paths.local, 'control.db'),
      'this is no database, whatever its name says. '.repeat(200),
    )
    expect(await failure()).toMatch(
      /^the books of the local target cannot be read: .* \| npm run local:reset/,
    )
    expect(await resetControlPlane(room.paths)).toEqual({
      stopped: false,
      existed: true,
      backup: `${room.paths.local}.broken-1`,
    })
    expect(readFileSync(`${room.paths.local}.broken-1/control.db`, 'utf8')).toContain('no database')
    expect(await answers(await room.up())).toBe(true)
  })

  test('books cut in half by a full disk or a bad copy', async () => {
    await room.up()
    await stopControlPlane(room.paths)
    const books = join(room.paths.local, 'control.db')
    truncateSync(books, Math.floor(statSync(books).size / 2))
    expect(await failure()).toMatch(/^the books of the local target cannot be read: /)
  })

  test('no python, and a python without moto', async () => {
    expect(await failure({ python: '/nonexistent/python3' })).toBe(
      'python cannot be started: /nonexistent/python3: spawn /nonexistent/python3 ENOENT | npm run setup',
    )
    const bare = join(room.paths.state, 'bare-python')
    writeFileSync(bare, `#!/bin/sh\nexec ${python} -S "$@"\n`)
    chmodSync(bare, 0o755)
    expect(await failure({ python: bare })).toMatch(/\| npm run setup$/)
  })
})
