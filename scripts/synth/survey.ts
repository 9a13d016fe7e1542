import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { userOf } from '../doctor/ground.ts'
import type { Context } from '../sandbox/context.ts'
import { parseNetworkOutputs, surveyNetwork } from '../sandbox/network.ts'
import { findImage, surveySandbox } from '../sandbox/sandbox-survey.ts'
import type { PlainStack } from './write.ts'

/**
 * The stacks as `sandbox:up` would give them to Terraform now. Without names: the network and every sandbox that has
 * a state. A sandbox names the subnet it lies in, so there must be a network first.
 */
export const surveyPlainStacks = async (
  context: Context,
  wanted: readonly UserName[],
): Promise<PlainStack[]> => {
  const network = await surveyNetwork(context)
  const known = (await context.store.listStacks()).flatMap((stack) => userOf(stack) ?? [])
  const users = wanted.length > 0 ? wanted : known
  if (users.length === 0) return [network]
  if (network.record === undefined)
    throw new UserError(`there is no ${names.networkStack} yet, and a sandbox names a subnet of it`, {
      hint: `npm run sandbox:up -- --user ${users[0]}, or npm run synth for the network alone`,
    })
  const outputs = parseNetworkOutputs(network.record.outputs)
  const image = await findImage(context)
  const sandboxes = await Promise.all(users.map((user) => surveySandbox(context, user, outputs, image)))
  return [network, ...sandboxes]
}
