import type { Owners } from './owners.ts'

/** Operations that the gateway answers itself, or around moto. Guests and sessions will register here. */
export const owners: Owners = {}
