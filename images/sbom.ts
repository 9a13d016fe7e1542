import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import { PackageURL } from 'packageurl-js'
import type { ImageLock } from './lock.ts'

export interface SbomInput {
  /** From the RPM database of the image, each name-epoch:version-release.arch. */
  readonly packages: readonly string[]
  readonly lock: Pick<ImageLock, 'kiroCli' | 'awsCli' | 'releasever'>
  readonly name: string
  readonly digest: string
  /** What it is made from, where that is not Amazon Linux itself. */
  readonly standIn: string | undefined
}

interface Rpm {
  readonly name: string
  readonly epoch: string
  readonly version: string
  readonly arch: string
}

const parseNevra = (nevra: string): Rpm => {
  const [, name = nevra, epoch = '0', version = '', arch = ''] =
    /^(.+)-(\d+):([^-]+-[^-]+)\.([^.]+)$/.exec(nevra) ?? []
  return { name, epoch, version, arch }
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/rpm-definition.md */
const rpmUrl = ({ name, epoch, version, arch }: Rpm): PackageURL =>
  new PackageURL('rpm', 'amzn', name, version, {
    arch,
    distro: 'amzn-2023',
    ...(epoch === '0' ? {} : { epoch }),
  })

const rpmComponent = (nevra: string): Models.Component => {
  const rpm = parseNevra(nevra)
  return new Models.Component(Enums.ComponentType.Library, rpm.name, {
    version: rpm.epoch === '0' ? rpm.version : `${rpm.epoch}:${rpm.version}`,
    bomRef: `rpm:${nevra}`,
    purl: rpmUrl(rpm).toString(),
  })
}

const archiveComponent = (
  name: string,
  { version, url, sha256 }: { version: string; url: string; sha256: string },
): Models.Component =>
  new Models.Component(Enums.ComponentType.Application, name, {
    version,
    bomRef: `${name}@${version}`,
    purl: new PackageURL('generic', undefined, name, version, {
      checksum: `sha256:${sha256}`,
      ...(url.startsWith('https://') ? { download_url: url } : {}),
    }).toString(),
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], sha256]]),
  })

/** CycloneDX 1.6 as JSON. Neither a time nor a random serial number: the same image is the same text. */
export const renderSbom = ({ packages, lock, name, digest, standIn }: SbomInput): string => {
  const bom = new Models.Bom()
  bom.metadata.component = new Models.Component(Enums.ComponentType.OperatingSystem, name, {
    version: digest,
    bomRef: name,
    description: standIn ?? `Amazon Linux ${lock.releasever} with Kiro CLI`,
  })
  for (const nevra of packages) bom.components.add(rpmComponent(nevra))
  bom.components.add(archiveComponent('kiro-cli', lock.kiroCli))
  bom.components.add(archiveComponent('aws-cli', lock.awsCli))
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6))
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`
}
