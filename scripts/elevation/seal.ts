import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { UserError } from '../../config/user-error.ts'

const salt = 'kiro-sandbox hand-over'

const parseKey = (raw: Buffer): KeyObject => {
  if (raw.length !== 32) throw new UserError('the sandbox has answered without a key to seal for')
  return createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') },
    format: 'jwk',
  })
}

/**
 * For whoever holds the private half of `publicKey`, and for nobody else: the text may be logged. X25519 with a key
 * of its own each time, HKDF-SHA256, AES-256-GCM; elevation.py on the sandbox is the other side.
 * @param publicKey base64, as the sandbox printed it
 */
export const sealFor = (publicKey: string, plain: string): string => {
  const raw = Buffer.from(publicKey, 'base64')
  const theirs = parseKey(raw)
  const own = generateKeyPairSync('x25519')
  const sender = Buffer.from(own.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const secret = diffieHellman({ privateKey: own.privateKey, publicKey: theirs })
  const key = Buffer.from(hkdfSync('sha256', secret, salt, Buffer.concat([sender, raw]), 32))
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  return [sender, sealed].map((part) => part.toString('base64')).join('.')
}
