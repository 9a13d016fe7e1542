import type { DataKey } from '../../connect/ssm/answer-handshake.ts'
import { dataKeyLength, planEncryptionContext } from '../../protocol/ssm/cipher.ts'
import type { KmsParameters } from '../../protocol/ssm/handshake.ts'
import type { SdkConfig } from '../target.ts'

/** The key of one session, from the key the account has for sessions. Not explained; whoever hears of it knows why it was asked for. */
export const generateSessionKey = async (
  sdk: SdkConfig,
  sessionId: string,
  instanceId: string,
  { KMSKeyId, Challenge }: KmsParameters,
): Promise<DataKey> => {
  const { GenerateDataKeyCommand, KMSClient } = await import('./sdk/kms.ts')
  const call = new GenerateDataKeyCommand({
    KeyId: KMSKeyId,
    NumberOfBytes: dataKeyLength,
    EncryptionContext: planEncryptionContext(sessionId, instanceId, Challenge),
  })
  const { Plaintext, CiphertextBlob } = await new KMSClient(sdk).send(call)
  if (Plaintext === undefined || CiphertextBlob === undefined) throw new Error('KMS has sent no key')
  return { plain: Plaintext, sealed: Buffer.from(CiphertextBlob).toString('base64') }
}
