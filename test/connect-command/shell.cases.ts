import { expect, test } from 'vitest'
import { active, otherScreen, outcome, sandbox, sit } from './place.ts'

test('a shell: sizes, every key, a full screen, and the way out', async () => {
  const terminal = sit('--shell')
  await terminal.see(/\$ [\s\S]*\$ $/)
  terminal.type('stty size\r')
  await terminal.see(/\r24 80\r/)
  terminal.resize(132, 43)
  terminal.type('until [ "$(stty size)" = "43 132" ]; do sleep 0.1; done; stty size\r')
  await terminal.see(/\r43 132\r/)
  // Bytes as they are: a new line stays one, 8 bits stay 8, and keys that mean a signal here are for the other side.
  terminal.type(
    "stty raw -echo; printf 'as %s' 'they are'; dd bs=1 count=7 2>/dev/null | od -An -tx1; stty sane\r",
  )
  await terminal.see(/as they are/)
  terminal.type(Buffer.from([0x0a, 0x0d, 0x03, 0x1a, 0x1c, 0xff, 0xc3]))
  await terminal.see(/0a 0d 03 1a 1c ff c3/)
  terminal.type('exit\r')
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
}, 240_000)

test('a shell opens beside the question for the login, and is given up for a login', async () => {
  await outcome('approved 0.5')
  const terminal = sit('--shell')
  await terminal.see(/✓ Login of Kiro[\s\S]*\$ $/)
  // The one that had opened meanwhile has shown nothing, and is over on the other side too.
  expect(terminal.shown().match(/exec bash -l/g)).toHaveLength(1)
  expect(await active()).toHaveLength(1)
  terminal.type('exit\r')
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
  expect(await active()).toEqual([])
}, 240_000)

test('a shell opens although kiro-cli does not work, and says so before', async () => {
  await sandbox.run('mv /usr/local/bin/kiro-cli /usr/local/bin/kiro-cli.away')
  const terminal = sit('--shell')
  await terminal.see(/! kiro-cli does not work on i-[0-9a-f]+: [\s\S]*\$ $/)
  terminal.type('exit\r')
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
  await sandbox.run('mv /usr/local/bin/kiro-cli.away /usr/local/bin/kiro-cli')
}, 240_000)

test('vim follows the size of the window, and keeps what is typed', async () => {
  const terminal = sit('--shell')
  await terminal.see(/\$ [\s\S]*\$ $/)
  terminal.type('vim /tmp/notes\r')
  await terminal.see(otherScreen('h'))
  await terminal.see(/\[New\]/)
  terminal.type(':set lines? columns?\r')
  await terminal.see(/lines=24[\s\S]*columns=80/)
  terminal.type('\r')
  terminal.resize(100, 33)
  // The row above the last, which the window had not before, is drawn.
  await terminal.see(/\[32;1H/)
  terminal.type('\u001bithird row: Grüße, 世界\u001b:set lines? columns?\r')
  await terminal.see(/lines=33[\s\S]*columns=100/)
  terminal.type('\r\u001b:wq\r')
  await terminal.see(otherScreen('l'))
  terminal.type('exit\r')
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
  expect(await sandbox.run('cat /tmp/notes')).toBe('third row: Grüße, 世界')
}, 240_000)
