import type { SdkConfig } from '../target.ts'
import { awsCall } from './call.ts'

/** Account id of whoever the credentials belong to. */
export const findCallerAccount = async (sdk: SdkConfig): Promise<string> => {
  const { GetCallerIdentityCommand, STSClient } = await import('./sdk/sts.ts')
  const client = new STSClient(sdk)
  const { Account } = await awsCall('find out who you are', () =>
    client.send(new GetCallerIdentityCommand({})),
  )
  return Account ?? ''
}

/** ARN of whoever the credentials belong to. */
export const findCaller = async (sdk: SdkConfig): Promise<string> => {
  const { GetCallerIdentityCommand, STSClient } = await import('./sdk/sts.ts')
  const client = new STSClient(sdk)
  const { Arn } = await awsCall('find out who you are', () => client.send(new GetCallerIdentityCommand({})))
  return Arn ?? ''
}
