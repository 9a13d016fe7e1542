import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2'
import { names, tag } from '../../config/names.ts'
import type { NetworkOutputs } from '../../config/plan-specs.ts'
import type { Settings } from '../../config/settings.ts'
import { renderScript } from '../../userdata/render.ts'
import type { SdkConfig } from '../target.ts'

/** Everything a machine of a build is launched with. */
export interface LaunchRequest {
  readonly sdk: SdkConfig
  readonly settings: Settings
  readonly network: NetworkOutputs
  readonly imageId: string
  readonly rootDevice: string
  readonly rootVolumeGiB: number
  /** Which build it belongs to; part of its tags and of the client token. */
  readonly build: string
  /** builder, verifier or resolver. */
  readonly purpose: string
  readonly digest: string | undefined
  /** After this it is nobody's. */
  readonly deadline: Date
  /** Text of images/builder-user-data.sh. */
  readonly userData: string
}

export interface Place {
  readonly type: string
  readonly subnetId: string
}

/** In the order in which they are tried: each type everywhere before the next type. */
export const planPlaces = (types: readonly string[], subnetIds: readonly string[]): Place[] =>
  types.flatMap((type) => subnetIds.map((subnetId) => ({ type, subnetId })))

/** What the tags of everything that lives only during a build say. */
export const planBuildTags = (request: Pick<LaunchRequest, 'build' | 'purpose' | 'digest' | 'deadline'>) => [
  { Key: 'Name', Value: `kiro-sandbox-${request.purpose}` },
  { Key: tag.component, Value: 'image-builder' },
  { Key: tag.build, Value: request.build },
  { Key: tag.deadline, Value: request.deadline.toISOString() },
  ...(request.digest === undefined ? [] : [{ Key: tag.imageDigest, Value: request.digest }]),
]

/** No key, no public address, no way in; metadata with a token only; gone when it is powered off. */
export const planLaunch = (request: LaunchRequest, { type, subnetId }: Place): RunInstancesCommandInput => {
  const { settings, network, build, purpose } = request
  const minutes = Math.max(1, Math.ceil((request.deadline.getTime() - Date.now()) / 60_000))
  const Tags = planBuildTags(request)
  return {
    ImageId: request.imageId,
    InstanceType: type as RunInstancesCommandInput['InstanceType'],
    MinCount: 1,
    MaxCount: 1,
    // The same call again is the same machine, whoever lost the answer.
    ClientToken: `${build}-${purpose}-${type}-${subnetId}`.slice(0, 64),
    IamInstanceProfile: { Name: names.imageBuilderRole(settings.region) },
    InstanceInitiatedShutdownBehavior: 'terminate',
    UserData: Buffer.from(renderScript(request.userData, { minutes: String(minutes) })).toString('base64'),
    MetadataOptions: {
      HttpEndpoint: 'enabled',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 1,
    },
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: subnetId,
        Groups: [network.builderGroupId ?? ''],
        AssociatePublicIpAddress: false,
        DeleteOnTermination: true,
      },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: request.rootDevice,
        Ebs: {
          VolumeType: 'gp3',
          VolumeSize: request.rootVolumeGiB,
          Encrypted: true,
          DeleteOnTermination: true,
        },
      },
    ],
    TagSpecifications: [
      { ResourceType: 'instance', Tags },
      { ResourceType: 'volume', Tags },
    ],
  }
}
