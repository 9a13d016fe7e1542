import { listNetworkChoices } from '../../config/network-cost.ts'
import { planPaths } from '../../config/paths.ts'
import { localAccountId } from '../../config/pins.ts'
import { planNetworkSpec } from '../../config/plan-specs.ts'
import { decidePriceNotice } from '../../config/prices.ts'
import type { Io } from '../cli/io.ts'
import { loadSettings } from '../settings-file.ts'
import { withTarget } from '../target.ts'
import { renderChoices } from './render.ts'

/** Nothing is asked of AWS: the account plays no part in a price. */
export const tellNetworks = (
  flags: {
    readonly config: string | undefined
    readonly target: string | undefined
    readonly json: boolean
  },
  io: Io,
): number => {
  const settings = withTarget(loadSettings(planPaths(process.env), flags.config), flags.target)
  const spec = planNetworkSpec(settings, settings.accountId ?? localAccountId)
  const choices = listNetworkChoices(
    { ...spec, flowLogs: settings.network.flowLogs },
    settings.network.endpoints,
  )
  const prices = decidePriceNotice(spec.region, new Date())
  io.answer(
    flags.json ? JSON.stringify({ region: spec.region, prices, networks: choices }) : renderChoices(choices),
  )
  for (const sentence of prices.sentences) io.story.warn(sentence)
  io.story.say(`List prices of ${prices.asOf} for ${spec.region}; * is what the settings say`)
  return 0
}
