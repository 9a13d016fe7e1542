import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { names, tag } from '../../config/names.ts'
import { isUserName } from '../../config/user-name.ts'
import { decideSweep, type Finding, type SweepGround } from '../../images/sweep.ts'
import { awsCall } from '../aws/call.ts'
import { listMachines } from '../aws/instances.ts'
import { listAliases } from '../image/alias.ts'
import { listBuildLocks } from '../image/build-locks.ts'
import { ImageStore } from '../image/image-store.ts'
import { listOwnImages, listUses } from '../image/inventory.ts'
import { listBuildMachines, ofBuilds, readBuildTags } from '../image/leftovers.ts'
import { listObjects } from '../image/list-objects.ts'
import type { Context } from '../sandbox/context.ts'
import type { SdkConfig } from '../target.ts'
import { listSandboxRoles } from './roles.ts'
import { surveySide } from './side.ts'

const listVolumes = async (sdk: SdkConfig): Promise<SweepGround['volumes']> => {
  const { DescribeVolumesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const Filters = [ofBuilds, { Name: 'status', Values: ['available'] }]
  const { Volumes = [] } = await new EC2Client(sdk).send(new DescribeVolumesCommand({ Filters }))
  return Volumes.map(({ VolumeId = '', Size = 0, CreateTime, Tags }) => ({
    ...readBuildTags(Tags),
    ...{ id: VolumeId, sizeGiB: Size, createdAt: CreateTime?.toISOString() ?? '' },
  }))
}

const listSnapshots = async (sdk: SdkConfig): Promise<SweepGround['snapshots']> => {
  const { DescribeSnapshotsCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const { Snapshots = [] } = await new EC2Client(sdk).send(
    new DescribeSnapshotsCommand({
      OwnerIds: ['self'],
      Filters: [{ Name: 'tag-key', Values: [tag.imageDigest] }],
    }),
  )
  return Snapshots.map(({ SnapshotId = '', VolumeSize = 0, StartTime }) => ({
    ...{ id: SnapshotId, sizeGiB: VolumeSize, createdAt: StartTime?.toISOString() ?? '' },
  }))
}

/**
 * Artefacts by whatever text names their sha256: records in the bucket (lock.json the archives, verification.json
 * the payload that image:verify needs), and the locks of this checkout. Base images by their id in those locks.
 */
const listNamed = async ({ target, paths }: Context): Promise<ReadonlySet<string>> => {
  const store = new ImageStore(target)
  const records = (await listObjects(target, 'images/')).filter(({ key }) =>
    /\/(lock|verification)\.json$/.test(key),
  )
  const here = ['image.lock.json', 'image.lock.stand-in.json'].flatMap((file) => [
    join(paths.root, 'images', file),
    join(paths.state, file),
  ])
  const texts = await Promise.all([
    ...records.map(async ({ key }) => (await store.read(key))?.text ?? ''),
    ...here.map((file) => readFile(file, 'utf8').catch(() => '')),
  ])
  return new Set(
    texts.flatMap((text) => [
      ...(text.match(/\b[0-9a-f]{64}\b/g) ?? []).map(names.artifactKey),
      ...(text.match(/\bami-[0-9a-f]+\b/g) ?? []),
    ]),
  )
}

const listUsers = async ({ store }: Context): Promise<ReadonlySet<string>> =>
  new Set((await store.listStacks()).map((stack) => stack.replace(/^sandbox-/, '')))

/** Only looks. @param now the moment as of which things are old */
export const surveySweep = async (context: Context, now = new Date()): Promise<Finding[]> => {
  const { target } = context
  const { sdk, region } = target
  const [machines, volumes, snapshots] = await awsCall('look for what builds left', () =>
    Promise.all([listBuildMachines(sdk), listVolumes(sdk), listSnapshots(sdk)]),
  )
  const [images, aliases, uses, locks, artifacts, named, users, sandboxes, roles] = await Promise.all([
    listOwnImages(sdk),
    listAliases(sdk),
    listUses(sdk),
    listBuildLocks(target, new ImageStore(target)),
    listObjects(target, 'artifacts/'),
    listNamed(context),
    listUsers(context),
    listMachines(sdk),
    listSandboxRoles(sdk),
  ])
  const sandboxThings = [
    ...sandboxes.map(({ instanceId, user, type, launchedAt = '' }) => ({
      ...{ id: instanceId, kind: 'instance' as const, user, type, createdAt: launchedAt },
    })),
    ...roles.filter(({ user }) => isUserName(user)),
  ]
  const left = await surveySide(context, users)
  const findings = decideSweep({
    ...{ region, now, machines, volumes, snapshots, images, aliases, uses },
    locks: locks.map(({ key, lock, dead, modifiedAt }) => ({
      ...{ key, dead, modifiedAt, build: lock?.build, owner: lock?.owner },
    })),
    ...{ artifacts, named, users, sandboxThings },
  })
  return [...findings, ...left]
}
