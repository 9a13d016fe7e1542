import type { Facts } from './identity.ts'

type FactsByArn = Readonly<Record<string, Facts>>

export interface FactCache {
  find(arns: readonly string[]): Promise<FactsByArn>
  /** After a call of this service that may have changed something. */
  changed(service: string): void
}

/** Which facts a write of a service can change. Profiles in facts of EC2 have the names of IAM. */
const touches: Readonly<Record<string, readonly string[]>> = {
  ec2: ['ec2'],
  iam: ['iam', 'ec2'],
  s3: ['s3'],
  kms: ['kms'],
  ssm: ['ssm'],
  logs: ['logs'],
  // Sessions, and what agents say on their channels.
  sts: [],
  ssmmessages: [],
  ec2messages: [],
  'ec2-instance-connect': [],
}

const serviceOf = (arn: string): string => arn.split(':')[2] ?? ''

/** More than a session meets; whoever asks for so many different ones gains nothing from them. */
const most = 4096

/**
 * What the books say about resources, until somebody writes: a round trip to moto costs more than all the rest of a
 * verdict. Services without an entry, such as CloudFormation and the tagging API, reach into all others. Nothing is
 * kept about what does not exist, and nothing that was asked while a write was under way.
 */
export const createFactCache = (ask: (arns: readonly string[]) => Promise<FactsByArn>): FactCache => {
  const known = new Map<string, Facts>()
  let generation = 0
  return {
    async find(arns) {
      const missing = arns.filter((arn) => !known.has(arn))
      const kept = Object.fromEntries(
        arns.flatMap((arn) => {
          const facts = known.get(arn)
          return facts === undefined ? [] : [[arn, facts]]
        }),
      )
      if (missing.length === 0) return kept
      const asked = generation
      const found = await ask(missing)
      if (asked === generation) {
        if (known.size + missing.length > most) known.clear()
        for (const [arn, facts] of Object.entries(found)) known.set(arn, facts)
      }
      return { ...kept, ...found }
    },
    changed(service) {
      const touched = touches[service]
      if (touched?.length === 0) return
      generation += 1
      if (touched === undefined) known.clear()
      else for (const arn of known.keys()) if (touched.includes(serviceOf(arn))) known.delete(arn)
    },
  }
}
