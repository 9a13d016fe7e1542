import { randomBytes } from 'node:crypto'
import { type Cipher, createCipher, dataKeyLength, planEncryptionContext } from '../../protocol/ssm/cipher.ts'
import {
  type HandshakeResponse,
  parseChallenge,
  parseKmsResult,
  renderChallenge,
} from '../../protocol/ssm/handshake.ts'
import type { MachineCalls } from './machine-calls.ts'

export interface CipherRequest {
  readonly instanceId: string
  readonly sessionId: string
  readonly calls: MachineCalls
  readonly keyId: string
  /** What the client was asked to put into the encryption context, if it knows how. */
  readonly challenge: string
  readonly response: HandshakeResponse
}

/**
 * The data key that the client has made, decrypted with the role of the machine.
 * https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/crypto/blockcipher.go
 */
export const fetchCipher = async (request: CipherRequest): Promise<Cipher> => {
  const { instanceId, sessionId, calls, keyId, challenge, response } = request
  const action = response.ProcessedClientActions.find(({ ActionType }) => ActionType === 'KMSEncryption')
  if (action === undefined) throw new Error('the client has not answered to KMSEncryption')
  const { KMSCipherTextKey, ChallengeAcknowledgement = false } = parseKmsResult(action.ActionResult)
  const known = ChallengeAcknowledgement ? challenge : undefined
  const input = {
    CiphertextBlob: KMSCipherTextKey,
    EncryptionContext: planEncryptionContext(sessionId, instanceId, known),
    KeyId: keyId,
  }
  try {
    const { Plaintext } = await calls.ask<{ Plaintext: string }>(
      instanceId,
      'kms',
      'TrentService.Decrypt',
      input,
    )
    return createCipher(Buffer.from(Plaintext, 'base64'), 'agent')
  } catch (error) {
    throw new Error(
      `Fetching data key failed: Unable to retrieve data key, Error when decrypting data key ${(error as Error).message}`,
    )
  }
}

/** Asks the client to decrypt and encrypt; the answer says whether it did. */
export const beginChallenge = (
  cipher: Cipher,
  send: (payload: Buffer) => void,
): ((payload: Buffer) => boolean) => {
  const secret = randomBytes(dataKeyLength)
  send(renderChallenge(cipher.encrypt(secret).toString('base64')))
  return (payload) => cipher.decrypt(Buffer.from(parseChallenge(payload), 'base64')).equals(secret)
}
