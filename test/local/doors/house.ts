import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { ensureCertificates } from '../../../local/doors/certificates.ts'
import { type Doors, openDoors } from '../../../local/doors/doors.ts'
import { createEndpointTls, type EndpointTls } from '../../../local/doors/endpoint-server.ts'
import { createOpener, type Opener } from '../../../local/doors/opener.ts'
import type { Instance } from '../../../local/guests/instance.ts'
import { createRoleSessions } from '../../../local/imds/credentials.ts'
import { createTokens } from '../../../local/imds/tokens.ts'
import { python, root } from '../control/fixture.ts'
import { makeInstance } from '../imds/instance.ts'
import { type Guest, startGuest, withoutRoot } from './namespace.ts'

export interface Opened {
  readonly guest: Guest
  /** Doors that have said that somebody came. */
  readonly contacts: string[]
  instance: Instance
  doors: Doors
  reopen(): Promise<void>
}

const folder = mkdtempSync(join(tmpdir(), 'graviton-doors-'))

const fillMirror = () => {
  mkdirSync(join(folder, 'mirror', 'core'), { recursive: true })
  writeFileSync(join(folder, 'mirror', 'core', 'a b.rpm'), '0123456789')
  symlinkSync(join(folder, 'tls', 'ca.key'), join(folder, 'mirror', 'way-out'))
}

/** In place of the gateway. */
const echo = (message: IncomingMessage, response: ServerResponse) => {
  message.resume()
  response.end(`${message.method} ${message.headers.host} ${message.url}`)
}

export const curl = (guest: Guest, ...argv: string[]): Promise<string> =>
  guest.run(['curl', '-sS', '--max-time', '20', '--cacert', join(folder, 'tls', 'ca.pem'), ...argv])

export const tokenOf = (guest: Guest): Promise<string> => {
  const ttl = 'x-aws-ec2-metadata-token-ttl-seconds: 60'
  return curl(guest, '-X', 'PUT', '-H', ttl, 'http://169.254.169.254/latest/api/token')
}

/** One opener and one authority for the guests of a test file; everything is closed after it. */
export const openHouse = () => {
  const undo: (() => unknown)[] = []
  const house = { opener: undefined as unknown as Opener, tls: undefined as unknown as EndpointTls, undo }
  const metadata = {
    tokens: createTokens(() => performance.now()),
    sessions: createRoleSessions(async () => undefined, Date.now),
    keysOf: () => ({}),
  }

  beforeAll(async () => {
    if (withoutRoot) return
    house.tls = createEndpointTls(await ensureCertificates({ root, python, folder: join(folder, 'tls') }))
    house.opener = createOpener({ root, python, log: console.error })
    fillMirror()
  })
  afterAll(async () => {
    const ended = await Promise.allSettled(undo.reverse().map(async (step) => step()))
    house.opener?.close()
    rmSync(folder, { recursive: true, force: true })
    // Whatever went wrong, no guest stays behind.
    for (const one of ended) if (one.status === 'rejected') throw one.reason
  })

  const openGuest = async (instance = makeInstance()): Promise<Opened> => {
    const guest = await startGuest()
    undo.push(() => guest.close())
    const opened: Opened = {
      guest,
      contacts: [],
      instance,
      doors: { close: async () => {} },
      async reopen() {
        const doors = await openDoors({
          ...house,
          pid: guest.pid,
          instance: () => opened.instance,
          metadata,
          listener: echo,
          mirror: join(folder, 'mirror'),
          log: console.error,
          onContact: (door) => opened.contacts.push(door),
        })
        undo.push(() => doors.close())
        opened.doors = doors
      },
    }
    await opened.reopen()
    return opened
  }
  return { house, openGuest }
}
