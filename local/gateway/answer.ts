import type { Access } from '../access/access.ts'
import { type Backend, BackendDown } from './backend.ts'
import { type Call, classify, isRead } from './classify.ts'
import { parseCredential, usesVersion2 } from './credential.ts'
import { decideDryRun } from './dry-run.ts'
import { planRefusal, renderAwsError } from './errors.ts'
import type { Faults } from './faults.ts'
import type { Incoming } from './incoming.ts'
import { findOwner, type Owners } from './owners.ts'
import type { Principal, Principals } from './principals.ts'
import type { Reply } from './reply.ts'
import { verifySignature } from './verify-signature.ts'

export interface Answered {
  readonly call: Call
  /** Who asked, when the signature proved it. */
  readonly principal: Principal | undefined
  readonly reply: Reply
}

export interface Desk {
  readonly backend: Pick<Backend, 'forward'>
  readonly principals: Principals
  /** Whether the caller may; asked once it is known who calls. */
  readonly access: Access
  readonly owners: Owners
  readonly faults?: Pick<Faults, 'take'>
  readonly log: (line: string) => void
  readonly now: () => number
}

/** Calls that make, change or end an identity; the next signature must be checked against what is true then. */
const changesIdentities = (call: Call): boolean =>
  (call.service === 'iam' || call.service === 'sts') && !isRead(call)

const failed = (desk: Desk, call: Call, incoming: Incoming, error: unknown): Reply => {
  if (error instanceof BackendDown) return renderAwsError(call, error.aws, incoming.id)
  desk.log(`bug in ${call.service}/${call.operation}: ${(error as Error).stack}`)
  const message = `The local target failed in ${call.operation}: ${(error as Error).message}`
  // 501 and not 500: a bug of ours does not go away when an SDK tries again.
  return renderAwsError(call, { status: 501, code: 'InternalFailure', message }, incoming.id)
}

/** From the whole request to the whole answer: who is it, may we believe it, may it, who answers. */
export const answer = async (desk: Desk, incoming: Incoming): Promise<Answered> => {
  const credential = parseCredential(incoming)
  const call = classify(incoming, credential)
  const refuse = (reason: Parameters<typeof planRefusal>[1]): Answered => ({
    call,
    principal: undefined,
    reply: renderAwsError(call, planRefusal(call.protocol, reason), incoming.id),
  })
  if (credential === undefined) return refuse(usesVersion2(incoming) ? 'old-signature' : 'no-signature')
  try {
    const principal = await desk.principals.find(credential.accessKeyId)
    if (principal === undefined) return refuse('unknown-key')
    const refusal = verifySignature(incoming, credential, principal, desk.now())
    if (refusal !== undefined) return refuse(refusal)
    const denied = await desk.access.findDenial(incoming, call, principal)
    if (denied !== undefined) return { call, principal, reply: renderAwsError(call, denied, incoming.id) }
    const fault = desk.faults?.take(call, incoming) ?? decideDryRun(call, incoming)
    if (fault !== undefined) return { call, principal, reply: renderAwsError(call, fault, incoming.id) }
    const forward = () => desk.backend.forward(incoming, call)
    try {
      const reply = await findOwner(desk.owners, call)({ incoming, call, principal, forward })
      return { call, principal, reply }
    } catch (error) {
      return { call, principal, reply: failed(desk, call, incoming, error) }
    } finally {
      if (changesIdentities(call)) desk.principals.forget()
      if (!isRead(call)) desk.access.changed(call.service)
    }
  } catch (error) {
    return { call, principal: undefined, reply: failed(desk, call, incoming, error) }
  }
}
