// What the on-demand cdktf decides, without touching anything.
import { createHash } from 'node:crypto'
import { delimiter, join } from 'node:path'

/** One folder per locked set of packages: another lock file never meets the packages of the old one. */
export const planFolder = (tools, manifest, lockFile) => {
  const digest = createHash('sha256').update(`${manifest}\0${lockFile}`).digest('hex')
  return join(tools, `cdktf-cli-${JSON.parse(manifest).version}-${digest.slice(0, 8)}`)
}

/** Folders of installations that a killed run left half done: `<folder>.<pid>` without its process. */
export const listAbandoned = (names, isAlive) =>
  names.filter((name) => {
    const pid = /^cdktf-cli-.+\.(\d+)$/.exec(name)?.[1]
    return pid !== undefined && !isAlive(Number(pid))
  })

/** Commands of cdktf that ask AWS something. */
const asking = new Set(['deploy', 'apply', 'destroy', 'diff', 'plan', 'output', 'watch'])

/**
 * Whether cdktf is to be led to the local target: where the settings say so, as they do when they say nothing, and
 * nobody has led it anywhere yet. `settings` is the text of the settings file, if there is one.
 */
export const isForLocalTarget = (args, env, settings) => {
  if (!asking.has(args[0]) || args.includes('--help') || env.AWS_ENDPOINT_URL) return false
  try {
    return (settings === undefined ? {} : JSON.parse(settings)).target !== 'aws'
  } catch {
    // stacks/main.ts says what is wrong with them.
    return false
  }
}

const firstThere = (candidates, exists) =>
  candidates.find((file) => file !== undefined && file !== '' && exists(file))

const onPath = (name, env, exists) =>
  firstThere(
    (env.PATH ?? '').split(delimiter).map((folder) => (folder === '' ? undefined : join(folder, name))),
    exists,
  )

const settled = (name, value) => (value === undefined ? {} : { [name]: value })

/** Terraform as `npm run setup` unpacks it where the machine has none. */
export const listInstalledTerraform = (tools, names) =>
  names.filter((name) => /^terraform-\d+\.\d+\.\d+$/.test(name)).map((name) => join(tools, name, 'terraform'))

/**
 * Environment of the real cdktf. Terraform gets its provider from where `npm run setup` found it, and a variable
 * that names a missing file is dropped: cdktf takes Terraform's complaint about it for a failed start.
 */
export const planEnvironment = (env, state, installed, exists) => {
  const { TF_CLI_CONFIG_FILE: given, TERRAFORM_BINARY_NAME: named, ...others } = env
  const found = onPath('terraform', env, exists) === undefined ? firstThere(installed, exists) : undefined
  return {
    ...others,
    CHECKPOINT_DISABLE: '1',
    KIRO_SANDBOX_STATE: state,
    ...settled('TF_CLI_CONFIG_FILE', firstThere([given, join(state, 'tools', 'terraform.tfrc')], exists)),
    ...settled('TERRAFORM_BINARY_NAME', named ?? found),
  }
}
