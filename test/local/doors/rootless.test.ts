import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { createOpener } from '../../../local/doors/opener.ts'
import { root } from '../control/fixture.ts'
import { waitForGuest, withoutRoot } from './namespace.ts'

/** Root plays a user without rights, so the Python of the setup may be out of reach. */
const systemPython = '/usr/bin/python3'
const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
const folder = mkdtempSync(join(tmpdir(), 'graviton-rootless-'))
const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true })]
afterAll(() => {
  for (const step of undo.reverse()) step()
})

test.skipIf(withoutRoot || !existsSync(systemPython))(
  'without root, in a guest of the same user (needs root to play that user)',
  async () => {
    const python = join(folder, 'python')
    writeFileSync(python, `#!/bin/sh\nexec ${asNobody.join(' ')} ${systemPython} "$@"\n`, { mode: 0o755 })
    const opener = createOpener({ root, python, log: console.error })
    undo.push(() => opener.close())
    const [program = '', ...rest] = [...asNobody, 'unshare', '--user', '--net', 'sleep', '60']
    const guest = spawn(program, rest, { stdio: 'ignore' })
    undo.push(() => guest.kill('SIGKILL'))
    const pid = guest.pid as number
    await waitForGuest(pid)

    const metadata = { door: 'metadata', type: 'tcp', host: '169.254.169.254', port: 80 } as const
    await opener.open(pid, ['169.254.169.254'], [metadata], (_door, handle) => {
      undo.push(() => (handle as Server).close())
      handle.on('connection', (socket: Socket) => socket.end(`to ${socket.remoteAddress}`))
    })
    expect(await text(await opener.dial(pid, 80, '169.254.169.254'))).toBe('to 169.254.169.254')
  },
)
