import { planPaths } from '../../../config/paths.ts'
import { silentStory } from '../../../config/story.ts'
import { openPlace } from '../../../scripts/setup/ensure.ts'
import { findGuestTools } from '../../../scripts/setup/guest-tools.ts'

export const paths = planPaths(process.env)
export const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64'

const answer = await findGuestTools(
  'podman',
  openPlace({ story: silentStory, interactive: false }, paths, process.env),
)
if ('reason' in answer) {
  const reason = `no guests: ${answer.reason}`
  if (process.env.CI) throw new Error(reason)
  process.stderr.write(`skipped, ${reason}\n`)
}

/** What runs the bases that tests build; undefined: this computer has none, and they skip. */
export const engine =
  'tools' in answer && answer.tools.engine.kind === 'podman' ? answer.tools.engine : undefined
