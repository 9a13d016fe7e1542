import { App, type TerraformStack } from 'cdktf'

/** Short logical ids: they are addresses in the state, and people read them in the progress. */
const context = { excludeStackIdFromLogicalIds: 'true', allowSepCharsInLogicalIds: 'true' }

export const createApp = (outdir?: string): App =>
  new App({ context, ...(outdir === undefined ? {} : { outdir }) })

/** Terraform JSON of one stack, byte for byte the same for the same spec. */
export const renderStack = (stack: TerraformStack): string => {
  stack.prepareStack()
  return `${JSON.stringify(stack.toTerraform(), null, 2)}\n`
}
