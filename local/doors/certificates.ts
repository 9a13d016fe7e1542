import { execFile } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** PEM. */
export interface Certificates {
  /** What a guest must trust. */
  readonly authority: Buffer
  readonly certificate: Buffer
  readonly key: Buffer
}

export interface CertificatesOptions {
  readonly root: string
  readonly python: string
  /** `<state>/local/guests/tls` */
  readonly folder: string
}

const month = 30 * 86_400_000

/** Whether they belong together and are good for another month. */
export const areUsable = ({ authority, certificate, key }: Certificates, now: number): boolean => {
  try {
    const [issuer, issued] = [new X509Certificate(authority), new X509Certificate(certificate)]
    return (
      issued.verify(issuer.publicKey) &&
      issued.checkPrivateKey(createPrivateKey(key)) &&
      Date.parse(issued.validTo) - month > now
    )
  } catch {
    return false
  }
}

const read = (folder: string): Certificates | undefined => {
  try {
    const [authority, certificate, key] = ['ca.pem', 'endpoint.pem', 'endpoint.key'].map((name) =>
      readFileSync(join(folder, name)),
    ) as [Buffer, Buffer, Buffer]
    return { authority, certificate, key }
  } catch {
    return undefined
  }
}

/** Those of this state folder; made at the first time, and the endpoint's again shortly before it ends. */
export const ensureCertificates = async ({
  root,
  python,
  folder,
}: CertificatesOptions): Promise<Certificates> => {
  const known = read(folder)
  if (known !== undefined && areUsable(known, Date.now())) return known
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o700)
  await promisify(execFile)(python, [join(root, 'local', 'doors', 'make_certificates.py'), folder])
  const made = read(folder)
  if (made === undefined || !areUsable(made, Date.now()))
    throw new Error(`no usable certificates in ${folder} after they were made`)
  return made
}
