import { shellcheck, shfmt } from './apt.ts'
import { awsProvider } from './aws-provider.ts'
import { engine, standIn } from './guest-packages.ts'
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
  engine,
  standIn,
}

export const toolNames = Object.keys(table) as readonly ToolName[]

/** Without these nothing works; the others are asked for by who wants them. */
export const neededNames = toolNames.filter((name) => table[name].optional !== true)
