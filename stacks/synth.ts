import type { App, TerraformStack } from 'cdktf'
import type { NetworkSpec, SandboxSpec } from '../config/spec.ts'
import { UserError } from '../config/user-error.ts'
import { renderAccessNote } from '../userdata/access-note.ts'
import { renderScript } from '../userdata/render.ts'
import { createApp, renderStack } from './app.ts'
import { NetworkStack } from './network-stack.ts'
import { SandboxStack } from './sandbox-stack.ts'

export interface StackInputs {
  /** Text of userdata/user-data.sh. */
  readonly userDataScript: string
}

/** What EC2 takes, before base64.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
const longestUserData = 16 * 1024

/** What a machine runs at its first boot, and again when its settings have changed. */
export const renderUserData = (spec: SandboxSpec, inputs: StackInputs): string => {
  const text = renderScript(inputs.userDataScript, {
    sandbox_user: spec.user,
    aws_region: spec.region,
    account_id: spec.accountId,
    access_note: Buffer.from(renderAccessNote(spec.access)).toString('base64'),
    elevation_mode: spec.elevation.mode,
    agent_start: Buffer.from(JSON.stringify(spec.agentStart)).toString('base64'),
  })
  if (text.length > longestUserData)
    throw new UserError(`the user data would have ${text.length} characters, EC2 takes ${longestUserData}`, {
      hint: 'shorten access.readonly.readBuckets, access.readonly.allow or agentStart in the settings',
    })
  return text
}

export const addNetwork = (app: App, spec: NetworkSpec): TerraformStack => new NetworkStack(app, spec)

export const addSandbox = (app: App, spec: SandboxSpec, inputs: StackInputs): TerraformStack =>
  new SandboxStack(app, spec, renderUserData(spec, inputs))

export const renderNetwork = (spec: NetworkSpec): string => renderStack(addNetwork(createApp(), spec))

export const renderSandbox = (spec: SandboxSpec, inputs: StackInputs): string =>
  renderStack(addSandbox(createApp(), spec, inputs))
