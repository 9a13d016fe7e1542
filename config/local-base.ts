import * as z from 'zod'
import { exitCode, UserError } from './user-error.ts'

export const baseSetting = z
  .enum(['auto', 'amazon-linux', 'stand-in'])
  .default('auto')
  .describe(
    "what those machines are made of: Amazon Linux 2023's container image, or a stand-in made of Debian; auto: what is there, else Amazon Linux where public.ecr.aws answers",
  )

export type BaseSetting = z.infer<typeof baseSetting>

export const baseVariable = 'KIRO_SANDBOX_BASE_IMAGE'

/** The variable of tests, which reach out for nothing, goes before the settings. */
export const planBaseSetting = (
  local: { readonly base: BaseSetting },
  env: Readonly<Record<string, string | undefined>>,
): BaseSetting => {
  const value = env[baseVariable]
  if (value === undefined || value === '') return local.base
  const parsed = baseSetting.safeParse(value)
  if (parsed.success) return parsed.data
  throw new UserError(`${baseVariable} is "${value}", which is no kind of base image`, {
    hint: `${baseVariable}=auto, amazon-linux or stand-in`,
    exitCode: exitCode.usage,
  })
}
