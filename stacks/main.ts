import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSettings } from '../config/parse-settings.ts'
import { localAccountId } from '../config/pins.ts'
import { planNetworkSpec, stacksFolderName } from '../config/plan-specs.ts'
import { defaultSettings } from '../config/settings.ts'
import { networkSpecSchema, sandboxSpecSchema } from '../config/spec.ts'
import { createApp } from './app.ts'
import { addNetwork, addSandbox } from './synth.ts'

/**
 * Entry for cdktf-cli (cdktf.json). It offers the network and every sandbox that a command of ours has planned
 * on this machine, from the very specs those commands used. Only this file of the room reads the environment.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const state = process.env.KIRO_SANDBOX_STATE ?? join(root, '.state')
const settingsFile = process.env.KIRO_SANDBOX_CONFIG ?? join(root, 'sandbox.config.json')
const settings = existsSync(settingsFile)
  ? parseSettings(readFileSync(settingsFile, 'utf8'), settingsFile)
  : defaultSettings()
const accountId = settings.target === 'local' ? localAccountId : settings.accountId
if (accountId === undefined) throw new Error(`${settingsFile}: target aws needs accountId`)

const folder = join(state, 'stacks', stacksFolderName(settings, accountId))
const readSpec = (stack: string): unknown => {
  const file = join(folder, stack, 'spec.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

const app = createApp()
const networkSpec = readSpec('network')
addNetwork(
  app,
  networkSpec === undefined ? planNetworkSpec(settings, accountId) : networkSpecSchema.parse(networkSpec),
)
const userDataScript = readFileSync(join(root, 'userdata', 'user-data.sh'), 'utf8')
for (const stack of existsSync(folder) ? readdirSync(folder).sort() : []) {
  const spec = stack.startsWith('sandbox-') ? readSpec(stack) : undefined
  if (spec !== undefined) addSandbox(app, sandboxSpecSchema.parse(spec), { userDataScript })
}
app.synth()
// Without a lock file cdktf-cli asks the registry for one, past every mirror.
for (const stack of readdirSync(join(app.outdir, 'stacks')))
  copyFileSync(
    join(root, 'stacks', 'terraform.lock.hcl'),
    join(app.outdir, 'stacks', stack, '.terraform.lock.hcl'),
  )
