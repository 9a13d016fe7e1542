import * as z from 'zod'
import type { Call } from './classify.ts'
import type { AwsError } from './errors.ts'
import type { Incoming } from './incoming.ts'

/** A call that is refused on purpose: what AWS does on a bad day, and moto never. */
const faultSchema = z.strictObject({
  /** `<service>/<Operation>`, such as ec2/RunInstances. */
  call: z.string().regex(/^[a-z0-9-]+\/[A-Za-z0-9]+$/),
  /** Only calls whose body has this text in it. */
  contains: z.string().min(1).optional(),
  status: z.int().min(400).max(599),
  code: z.string().min(1),
  message: z.string(),
  /** How often; without it until other faults are set. */
  times: z.int().min(1).optional(),
})

export type Fault = z.infer<typeof faultSchema>

export const parseFaults = (text: string): Fault[] => z.array(faultSchema).parse(JSON.parse(text))

/** Which calls are to fail now. Forgotten with the process. */
export class Faults {
  private left: { readonly fault: Fault; times: number }[] = []

  /** Instead of those that were set before. */
  set(faults: readonly Fault[]): void {
    this.left = faults.map((fault) => ({ fault, times: fault.times ?? Number.POSITIVE_INFINITY }))
  }

  /** The error to answer with, counted down; undefined: the call goes its way. */
  take(call: Call, incoming: Pick<Incoming, 'body'>): AwsError | undefined {
    if (this.left.length === 0) return undefined
    const found = this.left.find(
      ({ fault, times }) =>
        times > 0 &&
        fault.call === `${call.service}/${call.operation}` &&
        (fault.contains === undefined || incoming.body.includes(fault.contains)),
    )
    if (found === undefined) return undefined
    found.times -= 1
    return found.fault
  }
}
