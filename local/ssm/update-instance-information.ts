import * as z from 'zod'
import { Refusal } from '../gateway/json-api.ts'
import type { Principal } from '../gateway/principals.ts'
import type { SsmMachine } from './fleet.ts'
import { instanceId } from './input.ts'
import type { Ping } from './ping-book.ts'

/** What amazon-ssm-agent sends (agent/ssm/service.go); no SDK of today has this operation any more. */
export const updateInstanceInformation = z.object({
  InstanceId: instanceId,
  AgentName: z.string().max(50).optional(),
  AgentVersion: z.string().max(50),
  AgentStatus: z.string().max(10).optional(),
  PlatformType: z.string().max(20).optional(),
  PlatformName: z.string().max(100).optional(),
  PlatformVersion: z.string().max(100).optional(),
  IPAddress: z.string().max(46).optional(),
  ComputerName: z.string().max(255).optional(),
})

/** Credentials of an instance role carry the instance as session name, and only EC2 hands them out. */
export const refuseForeignPing = (
  instance: string,
  machine: SsmMachine | undefined,
  principal: Principal,
): Refusal | undefined => {
  const [, role, session] = /:assumed-role\/([^/]+)\/([^/]+)$/.exec(principal.arn) ?? []
  const isItself = session === instance && machine?.roleName === role
  if (isItself && machine !== undefined && machine.state !== 'terminated') return undefined
  return new Refusal(
    'AccessDeniedException',
    `User: ${principal.arn} is not authorized to perform: ssm:UpdateInstanceInformation on resource: ${instance}`,
  )
}

export const planPing = (
  said: z.output<typeof updateInstanceInformation>,
  machine: SsmMachine,
  before: Ping | undefined,
  now: number,
): Ping => ({
  instanceId: machine.instanceId,
  at: now,
  registeredAt: before?.registeredAt ?? now,
  agentVersion: said.AgentVersion,
  agentStatus: said.AgentStatus ?? 'Active',
  platformType: said.PlatformType ?? 'Linux',
  // The agent of AWS sends an empty ping when it starts: what it said before still holds.
  platformName: said.PlatformName ?? before?.platformName ?? '',
  platformVersion: said.PlatformVersion ?? before?.platformVersion ?? '',
  ipAddress: said.IPAddress ?? before?.ipAddress ?? machine.privateIp,
  computerName: said.ComputerName ?? before?.computerName ?? machine.name,
})
