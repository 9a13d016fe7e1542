import { pins } from '../../config/pins.ts'
import { UserError } from '../../config/user-error.ts'
import { chooseKiroPackage, parseKiroManifest } from '../../images/kiro-manifest.ts'
import type { ImageGround } from './ground.ts'

/** https://kiro.dev/docs/getting-started/installation/ */
const kiroHost = 'https://prod.download.cli.kiro.dev/stable'
/** The same builds, and where the sums of older versions lie beside them. */
const olderHost = 'https://desktop-release.q.us-east-1.amazonaws.com'
const kiroTriple = 'aarch64-unknown-linux-musl'
const kiroAsset = 'kirocli-aarch64-linux-musl.zip'

const patience = 30_000

const fetchText = async (url: string, signal: AbortSignal): Promise<string> => {
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) })
  } catch (cause) {
    signal.throwIfAborted()
    throw new UserError(`no answer from ${url}: ${(cause as Error).message}`, {
      hint: 'check the network; a lock that exists needs nobody but its archives',
      cause,
    })
  }
  if (!response.ok)
    throw new UserError(`${url} answers HTTP ${response.status}`, {
      hint: 'not every version stays there; name another one in the settings: image.kiroCli',
    })
  return response.text()
}

const offerNewest = async (signal: AbortSignal) => {
  const from = `${kiroHost}/latest/manifest.json`
  const manifest = parseKiroManifest(await fetchText(from, signal), from)
  const { version, download, sha256, targetTriple } = chooseKiroPackage(manifest, kiroTriple, from)
  return { version, url: `${kiroHost}/${download}`, sha256, targetTriple }
}

const offerVersion = async (version: string, signal: AbortSignal) => {
  const url = `${olderHost}/${version}/${kiroAsset}`
  const [sha256 = ''] = (await fetchText(`${url}.sha256`, signal)).trim().split(/\s/)
  return { version, url, sha256, targetTriple: kiroTriple }
}

/** Amazon Linux 2023 for arm64, Kiro CLI and AWS CLI as their makers publish them. */
export const openVendorGround = (): ImageGround => ({
  architecture: 'arm64',
  lockFile: 'images/image.lock.json',
  ownLockFile: undefined,
  misfit: ({ architecture, kiroCli }) =>
    architecture !== 'arm64' || kiroCli.url.startsWith('stand-in:')
      ? 'it is a lock of the local target'
      : undefined,
  addressOf: (url) => url,
  offerKiroCli: (version, signal) =>
    version === undefined ? offerNewest(signal) : offerVersion(version, signal),
  // Nobody publishes a sum for it; the signature is checked by whoever updates the pin.
  // https://docs.aws.amazon.com/cli/latest/userguide/getting-started-version.html
  offerAwsCli: async (version = pins.awsCli.version) => ({
    version,
    url: `https://awscli.amazonaws.com/awscli-exe-linux-aarch64-${version}.zip`,
    sha256: undefined,
  }),
  standIn: undefined,
})
