import type { Call } from './classify.ts'
import type { Incoming } from './incoming.ts'
import type { Principal } from './principals.ts'
import type { Reply } from './reply.ts'

export interface Request {
  readonly incoming: Incoming
  readonly call: Call
  readonly principal: Principal
  /** Asks moto; a handler may do so before, after, or not at all. */
  readonly forward: () => Promise<Reply>
}

export type Owner = (request: Request) => Promise<Reply>
export type Owners = Readonly<Record<string, Owner>>

const moto: Owner = ({ forward }) => forward()

/** Who answers an operation. Whatever is not named here is answered by moto. */
export const findOwner = (owners: Owners, { service, operation }: Call): Owner =>
  Object.hasOwn(owners, `${service}/${operation}`) ? (owners[`${service}/${operation}`] as Owner) : moto
