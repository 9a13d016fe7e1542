import type { NetworkSpec } from '../../config/spec.ts'
import { UserError } from '../../config/user-error.ts'
import type { SdkConfig } from '../target.ts'
import { decideGround } from './decide-ground.ts'
import { findGround } from './find-ground.ts'
import type { Problem } from './ground.ts'

export const findProblems = async (sdk: SdkConfig, spec: NetworkSpec): Promise<Problem[]> => {
  const ground = await findGround(sdk, spec)
  return ground === undefined ? [] : decideGround(ground, spec)
}

/** Before anything is planned: Terraform would make half of it and then fail, or succeed and nobody would get in. */
export const checkGround = async (sdk: SdkConfig, spec: NetworkSpec): Promise<void> => {
  const problems = await findProblems(sdk, spec)
  if (problems.length === 0) return
  throw new UserError(
    `the network of the settings does not do: ${problems.map(({ message }) => message).join('; ')}`,
    { hint: [...new Set(problems.map(({ hint }) => hint))].join('; then ') },
  )
}
