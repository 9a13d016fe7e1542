import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { ProtocolError } from '../protocol-error.ts'

// https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/crypto/encrypter.go
const algorithm = 'aes-256-gcm'
const nonceLength = 12
const tagLength = 16

/** Bytes of the data key: one half for each direction. */
export const dataKeyLength = 64

/** What both ends must tell KMS, or the agent cannot decrypt the key. */
export const planEncryptionContext = (
  sessionId: string,
  target: string,
  challenge?: string,
): Record<string, string> => ({
  'aws:ssm:SessionId': sessionId,
  'aws:ssm:TargetId': target,
  ...(challenge === undefined ? {} : { 'aws:ssm:RandomChallenge': challenge }),
})

export interface Cipher {
  encrypt(plain: Buffer): Buffer
  /** @throws ProtocolError when the bytes were not encrypted with the other half */
  decrypt(sealed: Buffer): Buffer
}

/** Nonce, ciphertext, tag. @param key 64 bytes: first half agent to client, second half client to agent */
export const createCipher = (key: Uint8Array, side: 'client' | 'agent'): Cipher => {
  if (key.length !== dataKeyLength) throw new ProtocolError(`the data key has ${key.length} bytes, not 64`)
  const [fromAgent, fromClient] = [key.subarray(0, 32), key.subarray(32)]
  const [ours, theirs] = side === 'client' ? [fromClient, fromAgent] : [fromAgent, fromClient]
  return {
    encrypt(plain) {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv(algorithm, ours, nonce, { authTagLength: tagLength })
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },
    decrypt(sealed) {
      if (sealed.length < nonceLength + tagLength)
        throw new ProtocolError(`${sealed.length} bytes are too few to be encrypted`)
      const cipher = createDecipheriv(algorithm, theirs, sealed.subarray(0, nonceLength), {
        authTagLength: tagLength,
      })
      cipher.setAuthTag(sealed.subarray(-tagLength))
      try {
        return Buffer.concat([cipher.update(sealed.subarray(nonceLength, -tagLength)), cipher.final()])
      } catch {
        throw new ProtocolError('a payload cannot be decrypted with the key of this session')
      }
    },
  }
}
