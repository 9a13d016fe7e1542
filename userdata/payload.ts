/**
 * What a build carries to the machine that becomes an image: one folder, unpacked at `payloadFolder`, removed
 * again when the image is sealed.
 */
export const payloadFolder = '/var/lib/kiro-sandbox/build'

/** Path relative to the payload folder; `rootfs/...` lands below `/`, `provision/...` runs. */
export interface PayloadFile {
  readonly path: string
  /** Permission bits, e.g. 0o755. */
  readonly mode: number
  readonly content: string
}

/** Exact values of one image; everything a file or a script on it may say. */
export interface ImageValues {
  readonly releasever: string
  /** Each as name-epoch:version-release.arch, installed exactly. */
  readonly packages: readonly string[]
  readonly kiroCli: {
    readonly version: string
    /** Of the archive, which lies in the payload folder as `kiro-cli.archive`. */
    readonly sha256: string
    /** As its BUILD-INFO says: e.g. aarch64-unknown-linux-musl. */
    readonly targetTriple: string
  }
  readonly awsCli: {
    readonly version: string
    /** Of the installer's zip file, which lies in the payload folder as `aws-cli.archive`. */
    readonly sha256: string
  }
  readonly swapMiB: number
  readonly architecture: 'arm64' | 'x86_64'
  /** sha256 of the image this becomes, 64 hex digits. */
  readonly digest: string
}

/** One script of `provision/`, run as root by Run Command with its working directory in the payload folder. */
export interface ProvisionStep {
  readonly name: string
  /** File in `provision/`. */
  readonly script: string
  readonly timeoutSeconds: number
  /** For the progress: what happens, a few words. */
  readonly about: string
}
