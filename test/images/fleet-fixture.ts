import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  EC2Client,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2'
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { names, tag } from '../../config/names.ts'
import type { ClientConfig } from '../e2e/cli.ts'

export const accountId = '111122223333'
export const region = 'us-west-2'
export const Bucket = names.stateBucket(accountId, region)

export interface Wanted {
  readonly digest: string
  readonly state?: string
  readonly architecture?: 'arm64' | 'x86_64'
  readonly tags?: Readonly<Record<string, string>>
}

let count = 0

/** An AMI with a snapshot, tagged as image:build tags it. */
export const register = async (
  sdk: ClientConfig,
  { digest, state = 'verified', architecture = 'arm64', tags = {} }: Wanted,
) => {
  const ec2 = new EC2Client(sdk)
  const all = { [tag.component]: 'image', [tag.imageDigest]: digest, [tag.imageState]: state, ...tags }
  const Tags = Object.entries(all).map(([Key, Value]) => ({ Key, Value }))
  const { VolumeId } = await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: `${sdk.region}a`, Size: 8, VolumeType: 'gp3' }),
  )
  const { SnapshotId = '' } = await ec2.send(
    new CreateSnapshotCommand({ VolumeId, TagSpecifications: [{ ResourceType: 'snapshot', Tags }] }),
  )
  count += 1
  const { ImageId = '' } = await ec2.send(
    new RegisterImageCommand({
      Name: `${names.image(digest)}-${count}`,
      Architecture: architecture,
      RootDeviceName: '/dev/xvda',
      VirtualizationType: 'hvm',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }],
      TagSpecifications: [{ ResourceType: 'image', Tags }],
    }),
  )
  return { imageId: ImageId, snapshotId: SnapshotId }
}

export const digests = { a: 'a'.repeat(64), b: 'b'.repeat(64), c: 'c'.repeat(64) }

export type Registered = Awaited<ReturnType<typeof register>>

/** Two verified images, and one whose build did not come to its end. */
export const registerThree = async (sdk: ClientConfig) => ({
  a: await register(sdk, { digest: digests.a }),
  b: await register(sdk, { digest: digests.b }),
  c: await register(sdk, { digest: digests.c, state: 'unverified' }),
})

/** As userdata/provision/manifest.py writes it. */
export const manifest = (digest: string, more: object = {}) => ({
  ...{ version: 1, digest, architecture: 'arm64', releasever: '2023.9.20251027', kiroCli: '2.21.4' },
  ...{ awsCli: '2.9.19', swapMiB: 512, packages: ['git-0:2.39.5-1.aarch64'], files: [], ...more },
})

export const put = (sdk: ClientConfig, key: string, body: unknown, bucket = Bucket) =>
  new S3Client(sdk).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(body) }))

export const keysBelow = async (sdk: ClientConfig, prefix: string) => {
  const { Contents = [] } = await new S3Client(sdk).send(new ListObjectsV2Command({ Bucket, Prefix: prefix }))
  return Contents.map(({ Key }) => Key)
}
