import type { SdkConfig } from '../target.ts'
import { awsCall, isAwsError } from './call.ts'

/** The KMS key that the state bucket encrypts with. Without it nobody reads a state. */
export interface StateKey {
  readonly id: string
  readonly state: string
  /** ISO 8601, while it waits for its deletion. */
  readonly deletesAt: string | undefined
}

export const findStateKey = async (sdk: SdkConfig, keyId: string): Promise<StateKey> => {
  const { DescribeKeyCommand, KMSClient } = await import('./sdk/kms.ts')
  try {
    const { KeyMetadata } = await new KMSClient(sdk).send(new DescribeKeyCommand({ KeyId: keyId }))
    return {
      id: KeyMetadata?.KeyId ?? keyId,
      state: KeyMetadata?.KeyState ?? 'unknown',
      deletesAt: KeyMetadata?.DeletionDate?.toISOString(),
    }
  } catch (error) {
    if (isAwsError(error, 'NotFoundException')) return { id: keyId, state: 'gone', deletesAt: undefined }
    return awsCall('look at the key of the state bucket', () => Promise.reject(error))
  }
}

/** A key that is switched off or waits for its deletion works again afterwards, with all it has encrypted. */
export const reviveStateKey = async (sdk: SdkConfig, { id, state }: StateKey): Promise<void> => {
  const { CancelKeyDeletionCommand, EnableKeyCommand, KMSClient } = await import('./sdk/kms.ts')
  const client = new KMSClient(sdk)
  if (state === 'PendingDeletion')
    await awsCall('cancel the deletion of the key', () =>
      client.send(new CancelKeyDeletionCommand({ KeyId: id })),
    )
  // After a cancelled deletion a key is disabled.
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
  await awsCall('enable the key of the state bucket', () => client.send(new EnableKeyCommand({ KeyId: id })))
}
