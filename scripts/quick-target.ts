import type { Paths } from '../config/paths.ts'
import type { Settings } from '../config/settings.ts'
import { readControlFile } from '../local/control/control-file.ts'
import type { SdkConfig } from './target.ts'

/** A target that was only remembered. */
export interface QuickTarget {
  readonly sdk: SdkConfig
  /** Tells what was remembered for one account from what was for another. */
  readonly accountId: string
}

/**
 * The target without asking anybody whether it is there and whose credentials these are: for those who name things by
 * ids that exist in one account alone, and open the target properly when that goes wrong. undefined: it must be opened.
 */
export const recallTarget = (settings: Settings, paths: Paths): QuickTarget | undefined => {
  const { region, accountId } = settings
  if (settings.target === 'aws') return accountId === undefined ? undefined : { sdk: { region }, accountId }
  // Its credentials are made anew with each opening.
  if (settings.local.operator === 'policy') return undefined
  const control = readControlFile(paths.local)
  if (control === undefined) return undefined
  const { accessKeyId, secretAccessKey } = control
  const sdk = { region, endpoint: `http://127.0.0.1:${control.port}` }
  return { sdk: { ...sdk, credentials: { accessKeyId, secretAccessKey } }, accountId: control.accountId }
}
