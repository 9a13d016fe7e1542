import { names } from '../../config/names.ts'
import type { UserName } from '../../config/user-name.ts'
import { ssoName } from '../../stacks/access/trust.ts'
import { listMachines } from '../aws/instances.ts'
import type { Context } from '../sandbox/context.ts'
import { type Band, planBands } from './bands.ts'
import type { AuditEvent } from './event.ts'
import type { Ask, Range } from './lookup.ts'
import { mergeNewestFirst } from './merge.ts'
import { planFirstQuestions } from './questions.ts'
import { isAbout, type Subject } from './subject.ts'

export interface Ground {
  readonly subject: Subject
  readonly bands: readonly Band[]
}

/** A window that is still open when the story begins was opened before; none is longer than eight hours. */
const longestWindow = 9 * 3600_000

const instancesOf = (events: readonly AuditEvent[]): readonly string[] =>
  events
    .filter(({ name }) => name === 'RunInstances')
    .flatMap(({ resources }) => resources.filter((one) => /^i-[0-9a-f]{8,17}$/.test(one)))

/** Who is meant, and when windows were open: known before the story is told, so that it can be told in one go. */
export const findGround = async (
  { target, settings }: Pick<Context, 'target' | 'settings'>,
  user: UserName,
  ask: Ask,
  range: Range,
): Promise<Ground> => {
  const machine = (await listMachines(target.sdk, [user])).at(0)
  const { environment, access } = settings
  const known: Subject = {
    user,
    logins: new Set([user, ssoName({ user, access })]),
    instances: new Set(machine === undefined ? [] : [machine.instanceId]),
    address:
      machine?.privateIp === undefined
        ? undefined
        : { ip: machine.privateIp, since: Date.parse(machine.launchedAt ?? '') || 0 },
    aliases: new Set([names.imageAlias(environment), names.previousImageAlias(environment)]),
  }
  const before = { ...range, from: range.from - longestWindow }
  const questions = planFirstQuestions(known, target.region, target.accountId)
  const events: AuditEvent[] = []
  for await (const event of mergeNewestFirst(questions.map((question) => ask(question, before))))
    if (isAbout(event, known) || event.name === 'AssumeRole') events.push(event)
  const instances = new Set([...known.instances, ...instancesOf(events)])
  const bands = planBands(events, user, range.until ?? Date.now())
  return { subject: { ...known, instances }, bands: bands.filter(({ until }) => until >= range.from) }
}
