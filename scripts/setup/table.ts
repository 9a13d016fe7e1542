import { shellcheck, shfmt } from './apt.ts'
import { awsProvider } from './aws-provider.ts'
import { moto } from './moto.ts'
import { terraform } from './terraform.ts'
import type { Tool, ToolName } from './tool.ts'

/** In the order in which they are looked for and installed. */
export const table: { readonly [N in ToolName]: Tool<N> } = {
  terraform,
  awsProvider,
  moto,
  shellcheck,
  shfmt,
}

export const toolNames = Object.keys(table) as readonly ToolName[]
