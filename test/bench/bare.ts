import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type SandboxSpec, sandboxSpecSchema } from '../../config/spec.ts'
import { renderSandbox } from '../../stacks/synth.ts'
import { root } from '../e2e/cli.ts'
import type { Lab } from './lab.ts'

const userDataScript = (): string => readFileSync(join(root, 'userdata', 'user-data.sh'), 'utf8')

/** A folder with nothing but the Terraform JSON, as somebody without our tool would have it. */
export const layOut = (lab: Lab, name: string, json: string): string => {
  const folder = join(lab.session.state, 'bare', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'cdk.tf.json'), json)
  return folder
}

/** The same stack for another engineer: other names, another state key, nothing else. */
export const layOutSandbox = (lab: Lab, user: string, like: SandboxSpec): string =>
  layOut(
    lab,
    user,
    renderSandbox(sandboxSpecSchema.parse({ ...like, user }), { userDataScript: userDataScript() }),
  )

/** `terraform init && terraform apply -auto-approve`, in seconds. */
export const initAndApply = async (lab: Lab, folder: string): Promise<number> => {
  const began = performance.now()
  await lab.terraform(folder, 'init', '-input=false', '-no-color')
  await lab.terraform(folder, 'apply', '-auto-approve', '-input=false', '-no-color')
  return (performance.now() - began) / 1000
}
