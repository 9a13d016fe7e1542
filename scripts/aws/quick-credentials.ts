import type { Credentials } from '../../connect/eice/presign.ts'
import type { SdkConfig } from '../target.ts'
import { explainAwsError } from './call.ts'

/** What a client of the SDK would sign with, without loading one: that takes longer than the calls of an ssh. */
export const loadCredentials = async ({ credentials, region }: SdkConfig): Promise<Credentials> => {
  if (credentials !== undefined) return credentials
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
  try {
    return await defaultProvider({ clientConfig: { region } })()
  } catch (error) {
    throw explainAwsError(error, 'reach the sandbox by ssh')
  }
}
