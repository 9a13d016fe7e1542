import { localAccountId } from '../../config/pins.ts'
import { defaultSettings } from '../../config/settings.ts'
import { parseUserName } from '../../config/user-name.ts'
import { proofWindows } from '../../scripts/access/windows.ts'
import type { ProofInputs } from '../../stacks/proof/world.ts'
import { inputs } from '../stacks/specs.ts'

export const proofInputs: ProofInputs = {
  ...inputs,
  settings: defaultSettings(),
  accountId: localAccountId,
  user: parseUserName('alice'),
  other: parseUserName('bob'),
  windows: proofWindows,
}
