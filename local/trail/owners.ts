import { answerJson } from '../gateway/json-api.ts'
import type { Owners } from '../gateway/owners.ts'
import { createLake } from './lake.ts'
import { lookUp } from './look-up.ts'
import { lookupEvents, refuseLookup } from './lookup-input.ts'

export interface TrailDeps {
  /** journal.jsonl, and the part that was rotated away. */
  readonly file: string
  readonly older: string
  /** Writes what the journal still holds in memory: on AWS an event takes minutes to appear, here it is there. */
  readonly flush: () => void
}

/** CloudTrail's event history, read from the journal. Trails are moto's. */
export const createTrailOwners = (deps: TrailDeps): Owners => ({
  ...createLake(deps),
  'cloudtrail/LookupEvents': answerJson(lookupEvents, (input, { call }) => {
    refuseLookup(input)
    deps.flush()
    return lookUp(deps, input, call.region)
  }),
})
