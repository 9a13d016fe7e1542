import { type Finding, wrong } from '../../config/finding.ts'
import type { StateKey } from '../aws/state-key.ts'

const what = 'state key'

/** Nothing to say about a key that works. */
export const decideStateKey = (key: StateKey | undefined): Finding[] => {
  if (key === undefined || key.state === 'Enabled') return []
  if (key.state === 'PendingDeletion')
    return [
      wrong(
        what,
        `${key.id} is to be deleted on ${key.deletesAt ?? 'a day unknown'}, and until then nothing can be read with it: every state is lost from that day on`,
        'npm run bootstrap, which keeps it',
      ),
    ]
  if (key.state === 'Disabled')
    return [wrong(what, `${key.id} is disabled: no state can be read or written`, 'npm run bootstrap')]
  return [wrong(what, `${key.id} is ${key.state}: no state can be read or written`, 'ask AWS Support')]
}
