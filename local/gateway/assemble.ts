import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAccess } from '../access/access.ts'
import { journalFiles } from '../control/journal-file.ts'
import { createDoorkeeper } from '../doors/doorkeeper.ts'
import { createBooks } from '../guests/books.ts'
import { type DoorMaker, Guests } from '../guests/guests.ts'
import type { GuestPlace } from '../guests/place.ts'
import { createSsmFleet } from '../guests/ssm-fleet.ts'
import type { GuestRequest } from '../guests/switched.ts'
import { createRoleSessions } from '../imds/credentials.ts'
import { createFindChannel } from '../sessions/data-channel.ts'
import { createFindDocument } from '../sessions/find-document.ts'
import { agentVersion } from '../sessions/handshake.ts'
import { createMachineCalls } from '../sessions/machine-calls.ts'
import { createSessionOwners } from '../sessions/owners.ts'
import { openSessions, type Sessions } from '../sessions/sessions.ts'
import { openSsm } from '../ssm/owners.ts'
import { createTrailOwners } from '../trail/owners.ts'
import { createTunnels } from '../tunnels/channel.ts'
import { createFindTunnel } from '../tunnels/find-tunnel.ts'
import { createTunnelOwners } from '../tunnels/owners.ts'
import { createPushedKeys } from '../tunnels/pushed-keys.ts'
import type { Activity } from './activity.ts'
import type { Backend } from './backend.ts'
import type { Faults } from './faults.ts'
import type { Internal } from './internal.ts'
import type { Journal } from './journal.ts'
import type { Log } from './log.ts'
import type { GatewayOptions } from './options.ts'
import { createOwners } from './owner-table.ts'
import { createPrincipals } from './principals.ts'
import type { Gateway } from './server.ts'

export interface Parts {
  readonly options: GatewayOptions
  readonly backend: Backend
  readonly journal: Journal
  readonly activity: Activity
  readonly faults: Faults
  readonly log: Log
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** ARN of who may do everything: the one whose keys `local:env` prints. */
  readonly operator: string
  /** Where clients find the gateway, e.g. `127.0.0.1:20000`. */
  readonly host: () => string
  readonly internal: (guests: Guests, sessions: Sessions) => Internal
}

export interface Assembled {
  readonly gateway: Gateway
  readonly guests: Guests
  /** Machines are parked, what runs in them is left to the next daemon. */
  stop(): Promise<void>
}

/** Puts the rooms together: who answers which call, and what machines see of it all. */
export const assemble = (parts: Parts): Assembled => {
  const { options, backend, journal, activity, faults, log, now } = parts
  const books = createBooks(backend)
  const guests: Guests = new Guests({
    local: options.folder,
    books,
    log,
    now,
    prepareDoors: (place, request) => openDoorkeeper(place, request),
    onComplete: () => ssm.resume(),
  })
  const fleet = createSsmFleet(guests)
  const ssm = openSsm({
    shell: { run: (id, argv, how) => guests.run(id, argv, how) },
    fleet,
    root: options.root,
    folder: join(options.folder, 'ssm'),
    now: Date.now,
    log,
  })
  const sessions = openSessions({
    reach: guests,
    calls: createMachineCalls({
      gateway: () => gateway,
      find: (instanceId) => guests.fleet?.find(instanceId)?.instance,
      roles: createRoleSessions(books.findRoleCredentials, Date.now),
      agentVersion,
    }),
    root: options.root,
    folder: join(options.folder, 'sessions'),
    now: Date.now,
    log,
    touch: activity.touch,
  })
  const sessionOwners = createSessionOwners({
    sessions,
    isOnline: (instanceId, region) => ssm.isOnline(instanceId) && fleet.find(instanceId)?.region === region,
    findDocument: createFindDocument(backend),
    host: parts.host,
  })
  const keys = createPushedKeys(now)
  const tunnelOwners = createTunnelOwners({
    keys,
    findInstance: async (instanceId) => (await books.listInstances([instanceId]))[0],
  })
  const tunnels = createTunnels({
    gateway: () => gateway,
    find: createFindTunnel(backend),
    dial: (instanceId, port) => guests.dial(instanceId, port),
    log,
  })
  const trail = createTrailOwners({ ...journalFiles(options.folder), flush: journal.flush })
  const owners = createOwners({
    ...{ guests, ssm: ssm.owners, sessions: sessionOwners, tunnels: tunnelOwners, trail },
  })
  const principals = createPrincipals(backend.findPrincipal)
  const access = createAccess({ ask: backend.ask, operator: parts.operator, now: Date.now, log })
  const desk = { backend, principals, access, owners, faults, log, now: Date.now }
  const findSession = createFindChannel(sessions, journal)
  const gateway: Gateway = {
    desk,
    internal: parts.internal(guests, sessions),
    journal,
    activity,
    channels: (head) => findSession(head) ?? tunnels.findChannel(head),
  }

  const openDoorkeeper = async (place: GuestPlace, { base }: GuestRequest): Promise<DoorMaker> => {
    const doorkeeper = await createDoorkeeper({
      root: options.root,
      python: options.python,
      folder: place.tls,
      gateway,
      credentialsOf: books.findRoleCredentials,
      keysOf: keys.list,
      mirror: base.repository,
      log,
    })
    writeFileSync(join(place.shared, 'ca.pem'), doorkeeper.authority, { mode: 0o644 })
    return doorkeeper
  }
  return {
    gateway,
    guests,
    async stop() {
      tunnels.close()
      await sessions.close()
      ssm.close()
      await guests.stop()
    },
  }
}
