/** One instance as the books know it: what `GET /_shim/instances` of the shim lists. Times are ISO 8601. */
export interface Instance {
  readonly instanceId: string
  readonly region: string
  readonly accountId: string
  readonly state: InstanceState
  readonly instanceType: string
  readonly launchTime: string
  readonly launchIndex: number
  readonly reservationId: string
  /** What EC2 does when the machine powers itself off. */
  readonly shutdownBehavior: 'stop' | 'terminate'
  readonly image: {
    readonly imageId: string
    readonly name: string
    readonly ownerId: string
    /** As the books say; the guest may be of another one, see local/base. */
    readonly architecture: 'arm64' | 'x86_64'
  }
  /** As it was sent, base64; null when there is none. */
  readonly userData: string | null
  readonly metadata: MetadataOptions
  readonly tags: Readonly<Record<string, string>>
  readonly network: {
    readonly privateIp: string
    readonly privateDnsName: string
    readonly mac: string
    readonly interfaceId: string
    readonly subnetId: string
    readonly subnetCidr: string
    readonly vpcId: string
    readonly vpcCidr: string
    readonly availabilityZone: string
    readonly availabilityZoneId: string
    readonly securityGroups: readonly { readonly id: string; readonly name: string }[]
  }
  /** The role that the instance profile carries; null without a profile, or when the profile has no role. */
  readonly profile: { readonly arn: string; readonly id: string; readonly roleName: string | null } | null
  /** OpenSSH public key of the key pair, when there is one. */
  readonly key: { readonly name: string; readonly publicKey: string | null } | null
  readonly volumes: readonly Volume[]
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated'

export interface MetadataOptions {
  readonly endpoint: 'enabled' | 'disabled'
  readonly tokens: 'required' | 'optional'
  /** 1 to 64 */
  readonly hopLimit: number
  readonly instanceTags: 'enabled' | 'disabled'
}

export interface Volume {
  readonly volumeId: string
  /** As attached, e.g. /dev/sdf. */
  readonly device: string
  readonly root: boolean
  readonly sizeGiB: number
  readonly deleteOnTermination: boolean
  /** Made from this snapshot; null for an empty one. */
  readonly snapshotId: string | null
}
