import type { Guests } from '../guests/guests.ts'
import { createGuestOwners, onlyWithGuests } from '../guests/owners.ts'
import { documentOwners } from '../ssm/agent-owners.ts'
import type { Owners } from './owners.ts'

export interface OwnerParts {
  readonly guests: Guests
  /** Systems Manager needs machines to speak with. */
  readonly ssm: Owners
  readonly sessions: Owners
  /** EC2 Instance Connect needs machines to log in to. */
  readonly tunnels: Owners
  readonly trail: Owners
}

/** Operations that the gateway answers itself, or around moto. Everything else is moto's. */
export const createOwners = ({ guests, ssm, sessions, tunnels, trail }: OwnerParts): Owners => ({
  ...createGuestOwners(guests),
  ...onlyWithGuests(guests, { ...ssm, ...sessions, ...tunnels }),
  // The only ones of Systems Manager that need no machine.
  ...documentOwners,
  ...trail,
})
