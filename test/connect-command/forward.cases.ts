import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../ssh-proxy/free-port.ts'
import { active, begin, beginWith, run, sandbox } from './place.ts'

test('a forward serves until Ctrl-C', async () => {
  await sandbox.run(
    'cd /tmp && echo "from the sandbox" >index.html && setsid python3 -m http.server 3000 >/dev/null 2>&1 </dev/null & until ss -ltn | grep -q :3000; do sleep 0.1; done',
  )
  const [port, other] = [await freePort(), await freePort()]
  const child = begin('--forward', `${port}:localhost:3000`)
  let said = ''
  child.stderr.on('data', (data: Buffer) => {
    said += data
  })
  while (!said.includes('leads to')) await once(child.stderr, 'data')
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('from the sandbox\n')
  // One of the two could serve; it must not go on alone, and neither may its session.
  const before = (await active()).map(({ SessionId }) => SessionId)
  const taken = await run(['--forward', `${other}:localhost:3000`, '--forward', `${port}:localhost:3000`])
  expect(taken.code).toBe(1)
  expect(taken.stderr).toContain(`cannot listen on 127.0.0.1:${port}: EADDRINUSE`)
  expect(before).not.toEqual([])
  expect((await active()).filter(({ SessionId }) => !before.includes(SessionId))).toEqual([])
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([0, null])
  expect(await active()).toEqual([])
  const socket = dial(port, '127.0.0.1')
  await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED')
}, 240_000)

test('a fault of ours shows itself and leaves no session behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graviton-fault-'))
  const fault = join(folder, 'fault.cjs')
  writeFileSync(fault, "process.on('SIGUSR2', () => setImmediate(() => { throw new Error('a fault') }))")
  const faulty = { ...sandbox.env, NODE_OPTIONS: `--require ${fault}` }
  const child = beginWith(faulty, '--forward', `${await freePort()}:localhost:3000`)
  let said = ''
  child.stderr.on('data', (data: Buffer) => {
    said += data
  })
  while (!said.includes('leads to')) await once(child.stderr, 'data')
  child.kill('SIGUSR2')
  expect(await once(child, 'close')).toEqual([1, null])
  rmSync(folder, { recursive: true })
  expect(said).toMatch(/^bug: Error: a fault\n\s+at Immediate/m)
  expect(await active()).toEqual([])
}, 240_000)
