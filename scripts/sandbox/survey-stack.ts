import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppliedRecord } from '../aws/state.ts'
import { planDigest } from '../terraform/workdir.ts'
import type { Context } from './context.ts'

/** One stack as wanted, beside what the last run left. */
export interface StackSurvey {
  readonly stack: string
  readonly json: string
  readonly spec: unknown
  readonly digest: string
  readonly record: AppliedRecord | undefined
  readonly stateTag: string | undefined
}

/**
 * make: there is no state yet. finish: a run was cut off, or somebody else applied. change: other settings.
 * keep: state and wish are those of the last run, so Terraform has nothing to say.
 */
export type StackDecision = 'make' | 'finish' | 'change' | 'keep'

export const decideStack = ({
  digest,
  record,
  stateTag,
}: Pick<StackSurvey, 'digest' | 'record' | 'stateTag'>): StackDecision => {
  if (stateTag === undefined) return 'make'
  if (record === undefined || record.stateTag !== stateTag) return 'finish'
  return record.digest === digest ? 'keep' : 'change'
}

export const surveyStack = async (
  context: Context,
  stack: string,
  known: { readonly record: AppliedRecord | undefined },
  wanted: { readonly json: string; readonly spec: unknown },
): Promise<StackSurvey> => {
  const lockFile = await readFile(join(context.paths.root, 'stacks', 'terraform.lock.hcl'), 'utf8')
  return {
    stack,
    ...wanted,
    digest: planDigest(wanted.json, lockFile),
    record: known.record,
    stateTag: await context.store.findStateTag(stack),
  }
}
