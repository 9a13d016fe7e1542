import { type Finding, wrong } from '../../config/finding.ts'
import { UserError } from '../../config/user-error.ts'
import { explainAwsError } from '../aws/call.ts'

/** One look at one thing. */
export interface Check {
  readonly group: string
  readonly name: string
  look(): Promise<readonly Finding[]>
}

export interface Looked {
  readonly group: string
  readonly name: string
  readonly seconds: number
  readonly findings: readonly Finding[]
}

/** A look that could not be taken is something that a person has to know too, and no reason to end the others. */
export const decideBroken = (name: string, thrown: unknown): Finding => {
  const error = explainAwsError(thrown, `look at ${name}`)
  if (error instanceof UserError) return wrong(name, error.message, error.hint)
  return wrong(
    name,
    `could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
    'a fault of doctor itself: please report this line',
  )
}

const inTime = async <T>(work: Promise<T>, seconds: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(
      () => refuse(new UserError(`no answer within ${seconds} s`, { hint: 'npm run doctor' })),
      seconds * 1000,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const runCheck = async ({ group, name, look }: Check, patience: number): Promise<Looked> => {
  const began = performance.now()
  let findings: readonly Finding[]
  try {
    findings = await inTime(look(), patience)
  } catch (error) {
    findings = [decideBroken(name, error)]
  }
  return { group, name, seconds: (performance.now() - began) / 1000, findings }
}

/** All of them side by side. @param patience seconds that each has */
export const runChecks = (checks: readonly Check[], patience: number): Promise<Looked[]> =>
  Promise.all(checks.map((check) => runCheck(check, patience)))
