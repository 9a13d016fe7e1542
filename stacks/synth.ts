import { App, type TerraformStack } from 'cdktf'
import type { NetworkSpec, SandboxSpec } from '../config/spec.ts'
import { renderScript } from '../userdata/render.ts'
import { NetworkStack } from './network-stack.ts'
import { SandboxStack } from './sandbox-stack.ts'

export interface StackInputs {
  /** Text of userdata/user-data.sh. */
  readonly userDataScript: string
}

/** Short logical ids: they are addresses in the state, and people read them in the progress. */
const context = { excludeStackIdFromLogicalIds: 'true', allowSepCharsInLogicalIds: 'true' }

export const createApp = (outdir?: string): App =>
  new App({ context, ...(outdir === undefined ? {} : { outdir }) })

const userDataOf = (spec: SandboxSpec, inputs: StackInputs): string =>
  renderScript(inputs.userDataScript, {
    sandbox_user: spec.user,
    aws_region: spec.region,
    account_id: spec.accountId,
  })

export const addNetwork = (app: App, spec: NetworkSpec): TerraformStack => new NetworkStack(app, spec)

export const addSandbox = (app: App, spec: SandboxSpec, inputs: StackInputs): TerraformStack =>
  new SandboxStack(app, spec, userDataOf(spec, inputs))

const render = (stack: TerraformStack): string => {
  stack.prepareStack()
  return `${JSON.stringify(stack.toTerraform(), null, 2)}\n`
}

/** Terraform JSON of one stack, byte for byte the same for the same spec. */
export const renderNetwork = (spec: NetworkSpec): string => render(addNetwork(createApp(), spec))

export const renderSandbox = (spec: SandboxSpec, inputs: StackInputs): string =>
  render(addSandbox(createApp(), spec, inputs))
