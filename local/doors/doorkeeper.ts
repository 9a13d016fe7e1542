import type { Socket } from 'node:net'
import { createGuestListener } from '../gateway/guest-entrance.ts'
import type { Gateway } from '../gateway/server.ts'
import type { Instance } from '../guests/instance.ts'
import type { KeysOf } from '../imds/answer.ts'
import { type CredentialsOf, createRoleSessions } from '../imds/credentials.ts'
import { createTokens } from '../imds/tokens.ts'
import { ensureCertificates } from './certificates.ts'
import { type Doors, openDoors } from './doors.ts'
import { createEndpointTls } from './endpoint-server.ts'
import { createOpener } from './opener.ts'

export interface DoorkeeperOptions {
  /** The checkout. */
  readonly root: string
  readonly python: string
  /** `<state>/local/guests/tls` */
  readonly folder: string
  readonly gateway: Gateway
  readonly credentialsOf: CredentialsOf
  readonly keysOf: KeysOf
  /** See EndpointOptions. */
  readonly mirror: string | undefined
  readonly log: (line: string) => void
}

/** What all guests share to be reached, and to reach us. */
export interface Doorkeeper {
  /** PEM of the authority that a guest must trust to call AWS. */
  readonly authority: Buffer
  open(pid: number, instance: () => Instance, onContact: (door: string) => void): Promise<Doors>
  /** A connection to a port inside a guest. */
  dial(pid: number, port: number, host?: string): Promise<Socket>
  /** Credentials that were kept for a machine that is gone. */
  forget(instanceId: string): void
  close(): void
}

export const createDoorkeeper = async (options: DoorkeeperOptions): Promise<Doorkeeper> => {
  const { root, python, gateway, credentialsOf, keysOf, mirror, log } = options
  const certificates = await ensureCertificates(options)
  const tls = createEndpointTls(certificates)
  const opener = createOpener({ root, python, log })
  const metadata = {
    // A token is good for so many seconds of ours: a clock that is set does not change what it was promised.
    tokens: createTokens(() => performance.now()),
    sessions: createRoleSessions(credentialsOf, Date.now),
    keysOf,
  }
  return {
    authority: certificates.authority,
    open(pid, instance, onContact) {
      const listener = createGuestListener(gateway, instance().network)
      return openDoors({ opener, pid, instance, metadata, tls, listener, mirror, onContact, log })
    },
    dial: opener.dial,
    forget: metadata.sessions.forget,
    close: opener.close,
  }
}
