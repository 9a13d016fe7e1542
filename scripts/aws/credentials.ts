import type { Credentials } from '../../connect/eice/presign.ts'
import type { SdkConfig } from '../target.ts'

/** What calls of the SDK are signed with now; undefined when there is nothing, and the call itself will say why. */
export const findCredentials = async (sdk: SdkConfig): Promise<Credentials | undefined> => {
  const { SSMClient } = await import('./sdk/ssm.ts')
  try {
    return await new SSMClient(sdk).config.credentials()
  } catch {
    return undefined
  }
}
