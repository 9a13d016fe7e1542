import type { Named, Resources } from './scanner-blocks.ts'

/**
 * What checkov (CKV), trivy (AWS-) and Security Hub (FSBP) ask of stacks like ours, as we read their sources; the
 * scanners themselves are not run here. A check names what breaks it.
 */
export interface Check {
  readonly ids: string
  readonly requires: string
  readonly breaks: (resources: Resources) => readonly string[]
}

/** Names of the resources of a type that fail. */
export const each = (type: string, fails: (block: Named['block']) => boolean) => (resources: Resources) =>
  resources(type)
    .filter(({ block }) => fails(block))
    .map(({ name }) => name)
