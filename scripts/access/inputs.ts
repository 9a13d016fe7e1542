import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import { localAccountId } from '../../config/pins.ts'
import type { Settings } from '../../config/settings.ts'
import { parseUserName } from '../../config/user-name.ts'
import type { ProofInputs } from '../../stacks/proof/world.ts'
import { proofWindows } from './windows.ts'

/** The account decides nothing, so a proof for the local target or without an account is as good. */
export const readProofInputs = async (
  settings: Settings,
  paths: Paths,
  user: string,
): Promise<ProofInputs> => ({
  settings,
  accountId: settings.target === 'local' ? localAccountId : (settings.accountId ?? localAccountId),
  user: parseUserName(user),
  other: parseUserName(user === 'bob' ? 'carol' : 'bob'),
  windows: proofWindows,
  userDataScript: await readFile(join(paths.root, 'userdata', 'user-data.sh'), 'utf8'),
})
