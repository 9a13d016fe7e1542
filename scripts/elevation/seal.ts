import {
  createCipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  pbkdf2Sync,
  randomBytes,
} from 'node:crypto'
import { UserError } from '../../config/user-error.ts'

const salt = 'kiro-sandbox hand-over'

/** As `openssl enc -aes-256-ctr -pbkdf2 -iter 1 -md sha256` writes; the password is a key, so one round is enough. */
const encrypt = (password: Buffer, plain: string): Buffer => {
  const random = randomBytes(8)
  const derived = pbkdf2Sync(password.toString('hex'), random, 1, 48, 'sha256')
  const cipher = createCipheriv('aes-256-ctr', derived.subarray(0, 32), derived.subarray(32))
  return Buffer.concat([Buffer.from('Salted__'), random, cipher.update(plain), cipher.final()])
}

/**
 * For whoever holds the private half of `publicKey`, and for nobody else: the text may be logged. X25519 with a key
 * of its own each time, HKDF-SHA256, then encryption and HMAC; elevation.py on the sandbox is the other side. The
 * tools are those that every image has: openssl and Python's own library, which knows no AEAD cipher.
 * @param publicKey DER, base64, as the sandbox printed it
 */
export const sealFor = (publicKey: string, plain: string): string => {
  const parsed = (() => {
    try {
      const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
      return key.asymmetricKeyType === 'x25519' ? key : undefined
    } catch {
      return undefined
    }
  })()
  if (parsed === undefined) throw new UserError('the sandbox has answered without a key to seal for')
  const own = generateKeyPairSync('x25519')
  const secret = diffieHellman({ privateKey: own.privateKey, publicKey: parsed })
  const keys = Buffer.from(hkdfSync('sha256', secret, salt, '', 64))
  const sender = own.publicKey.export({ format: 'der', type: 'spki' })
  const sealed = encrypt(keys.subarray(0, 32), plain)
  const mark = createHmac('sha256', keys.subarray(32)).update(sender).update(sealed).digest()
  return [sender, sealed, mark].map((part) => part.toString('base64')).join('.')
}
