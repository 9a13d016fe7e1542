import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { silentStory } from '../../../config/story.ts'
import { controlPath, protocol, writeControlFile } from '../../../local/control/control-file.ts'
import { ensureControlPlane, type LocalTarget } from '../../../local/control/ensure.ts'
import { readControlPlane } from '../../../local/control/read.ts'
import { resetControlPlane } from '../../../local/control/reset.ts'
import { stopControlPlane } from '../../../local/control/stop.ts'
import { clientsFor, isAlive, python, waitUntil } from './fixture.ts'
import { answers, control, room, shimPid } from './lifecycle-place.ts'
// More of it in the same place.
import './lifecycle-starts.cases.ts'

describe('one daemon', () => {
  test('starts once, is found in no time afterwards, and leaves nothing when stopped', async () => {
    const first = await room.up()
    expect([first.started, await answers(first)]).toEqual([true, true])
    const times: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const began = performance.now()
      expect(await room.up()).toEqual({ ...first, started: false })
      times.push(performance.now() - began)
    }
    // 3 ms here; the bound only catches a wait where there should be none. A start takes more than a second.
    expect(Math.min(...times)).toBeLessThan(500)
    const shim = await shimPid()
    expect(await stopControlPlane(room.paths)).toBe(true)
    expect([isAlive(first.pid), isAlive(shim), existsSync(controlPath(room.paths.local))]).toEqual([
      false,
      false,
      false,
    ])
    expect([await stopControlPlane(room.paths), await readControlPlane(room.paths)]).toEqual([
      false,
      undefined,
    ])
  })

  test('its files are for its owner only', async () => {
    await room.up()
    expect(statSync(room.paths.local).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(room.paths.local))
      expect([name, statSync(join(room.paths.local, name)).mode & 0o077]).toEqual([name, 0])
  })

  test.each([2, 5])('%i starters at once end with one daemon, and all succeed', async (count) => {
    const targets = await Promise.all(Array.from({ length: count }, () => room.up()))
    expect(
      new Set(targets.map(({ pid, endpoint, accessKeyId }) => `${pid} ${endpoint} ${accessKeyId}`)).size,
    ).toBe(1)
    expect(targets.filter(({ started }) => started)).toHaveLength(1)
    expect(await answers(targets[0] as LocalTarget)).toBe(true)
  })

  test('a port that is taken by somebody else is left to them', async () => {
    const before = await room.up()
    const port = Number(new URL(before.endpoint).port)
    await stopControlPlane(room.paths)
    const stranger = createServer((_request, response) => response.end('stranger')).listen(port, '127.0.0.1')
    const after = await room.up()
    stranger.close()
    expect(after.endpoint).not.toBe(before.endpoint)
    expect(await answers(after)).toBe(true)
    expect(readFileSync(join(room.paths.local, 'gateway.log'), 'utf8')).toMatch(
      new RegExp(`port ${port} is taken, listening on`),
    )
  })
})

describe('a daemon that is of no use', () => {
  test('speaks another protocol: it is replaced', async () => {
    const old = await room.up()
    writeControlFile(room.paths.local, { ...control(), protocol: protocol + 1 })
    const fresh = await room.up()
    expect([fresh.started, isAlive(old.pid), fresh.endpoint, fresh.accessKeyId]).toEqual([
      true,
      false,
      old.endpoint,
      old.accessKeyId,
    ])
  })

  test('has lost moto for good: calls are told at once, and the next start replaces it', async () => {
    const broken = join(room.paths.state, 'broken')
    const fickle = join(room.paths.state, 'fickle-python')
    writeFileSync(
      fickle,
      `#!/bin/sh\n[ -e '${broken}' ] && { echo 'no more' >&2; exit 1; }\nexec ${python} "$@"\n`,
      { mode: 0o755 },
    )
    const old = await ensureControlPlane({
      paths: room.paths,
      python: fickle,
      idleMinutes: 5,
      story: silentStory,
    })
    writeFileSync(broken, '')
    process.kill(await shimPid(), 'SIGKILL')
    const told = await answers(old).catch((error: Error) => error.message)
    expect(told).toMatch(/moto does not run: unstable/)
    expect((await readControlPlane(room.paths))?.state).toMatch(/^failed: unstable/)
    const fresh = await room.up()
    expect([fresh.started, isAlive(old.pid), await answers(fresh)]).toEqual([true, false, true])
  })

  test('has hung up for good: it can still be stopped', async () => {
    const { pid } = await room.up()
    process.kill(pid, 'SIGSTOP')
    expect(await stopControlPlane(room.paths)).toBe(true)
    expect(isAlive(pid)).toBe(false)
  })

  test('loses its folder: it does not go on answering from books nobody can find', async () => {
    const { pid } = await room.up()
    rmSync(room.paths.local, { recursive: true })
    await waitUntil(() => !isAlive(pid))
  })

  test('loses its control file: it writes it again, so that others find it', async () => {
    const { pid } = await room.up()
    rmSync(controlPath(room.paths.local))
    await waitUntil(() => existsSync(controlPath(room.paths.local)))
    expect((await room.up()).pid).toBe(pid)
  })

  test('has not been called for its idle time: it leaves, saved', async () => {
    // Six seconds: a machine that is busy must get the next call through before they are over.
    const target = await room.up(0.1)
    const shim = await shimPid()
    await clientsFor(target).s3.send(
      new CreateBucketCommand({
        Bucket: 'idle',
        CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
      }),
    )
    await waitUntil(() => !isAlive(target.pid) && !isAlive(shim))
    expect(existsSync(controlPath(room.paths.local))).toBe(false)
    const again = await room.up()
    expect(
      (await clientsFor(again).s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name),
    ).toEqual(['idle'])
  })
})

describe('reset', () => {
  test('deletes everything and leaves no process, also of a running one', async () => {
    const target = await room.up()
    const shim = await shimPid()
    await clientsFor(target).s3.send(
      new CreateBucketCommand({
        Bucket: 'gone',
        CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
      }),
    )
    expect(await resetControlPlane(room.paths)).toEqual({ stopped: true, existed: true, backup: undefined })
    expect([isAlive(target.pid), isAlive(shim), existsSync(room.paths.local)]).toEqual([false, false, false])
    expect(readdirSync(room.paths.state)).toEqual(['bundle'])
    const again = await room.up()
    expect((await clientsFor(again).s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([])
  })

  test('of nothing is nothing', async () => {
    expect(await resetControlPlane(room.paths)).toEqual({ stopped: false, existed: false, backup: undefined })
  })
})
