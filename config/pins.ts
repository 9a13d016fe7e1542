/** Versions of everything that is not an npm package, in one place, with checksums where we download. */
export const pins = {
  node: { oldest: '20.19.0' },
  terraform: {
    /** Installed when none is found. */
    version: '1.11.4',
    /** Accepted when found: S3 native locking is stable from 1.11 on. */
    accepts: '>=1.11.0 <2.0.0',
    /** From terraform_1.11.4_SHA256SUMS on releases.hashicorp.com. */
    sha256: {
      linux_amd64: '1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc',
      linux_arm64: 'a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633',
      darwin_amd64: 'a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b',
      darwin_arm64: '867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18',
    },
  },
  awsProvider: { source: 'registry.terraform.io/hashicorp/aws', version: '5.100.0' },
  /** On golden images, unless image.awsCli names another one. */
  awsCli: { version: '2.41.2' },
  /**
   * The container image of Amazon Linux 2023 that machines of the local target are made of. The digest is that of the
   * list of architectures which the tag 2023 named on 2026-10-02; it holds release 2023.12.20260930:
   * https://gallery.ecr.aws/amazonlinux/amazonlinux
   */
  amazonLinux: {
    registry: 'public.ecr.aws',
    repository: 'amazonlinux/amazonlinux',
    digest: 'sha256:12052e9b5d3fd85769abbdd863dd038e1890c9ace31d5fdbe1afa78eda97d061',
  },
  moto: { version: '5.2.1', python: '3.10' },
} as const

/** The account of the embedded local target: one AWS uses in its own documentation, so nobody's. */
export const localAccountId = '111122223333'
