import { Instance } from '@cdktf/provider-aws/lib/instance/index.js'
import type { ITerraformDependable } from 'cdktf'
import { Construct } from 'constructs'
import { names, tag } from '../config/names.ts'
import type { SandboxSpec } from '../config/spec.ts'

export interface SandboxInstanceProps {
  readonly spec: SandboxSpec
  readonly userData: string
  readonly after: readonly ITerraformDependable[]
}

/**
 * One engineer's machine. Reached through Session Manager or the Instance Connect Endpoint only: no key pair,
 * no public address. Metadata only with a token, and not beyond the machine itself.
 */
export class SandboxInstance extends Construct {
  readonly machine: Instance

  constructor(scope: Construct, id: string, { spec, userData, after }: SandboxInstanceProps) {
    super(scope, id)
    const name = names.instance(spec.user)
    this.machine = new Instance(this, 'machine', {
      ami: spec.image.id,
      instanceType: spec.instance.type,
      subnetId: spec.network.subnetId,
      vpcSecurityGroupIds: [spec.network.securityGroupId],
      associatePublicIpAddress: spec.adopted?.publicAddress ?? false,
      // By name, not by reference: the provider waits 6 s after a profile, and the machine need not. EC2
      // refuses a profile it does not know yet, which the provider answers by trying again.
      iamInstanceProfile: names.instanceProfile(spec.user),
      metadataOptions: {
        httpEndpoint: 'enabled',
        httpTokens: 'required',
        httpPutResponseHopLimit: spec.instance.hopLimit,
        instanceMetadataTags: 'enabled',
      },
      rootBlockDevice: {
        volumeType: 'gp3',
        volumeSize: spec.instance.rootVolumeGiB,
        encrypted: spec.adopted?.rootEncrypted ?? true,
        deleteOnTermination: true,
        // The provider gives a disk none of its default tags, and what has no such tag is anybody's in a window.
        tags: { Name: name, [tag.sandbox]: spec.user, [tag.owner]: spec.user, [tag.region]: spec.region },
      },
      // Base64, because Terraform reads ${x} and %{x} in plain text as its own.
      userDataBase64: Buffer.from(userData).toString('base64'),
      // It runs at the first boot only; changing it later would stop the machine for nothing.
      lifecycle: { ignoreChanges: ['user_data', 'user_data_base64'] },
      monitoring: spec.instance.detailedMonitoring,
      ebsOptimized: spec.adopted?.ebsOptimized ?? true,
      instanceInitiatedShutdownBehavior: 'stop',
      // Unlimited is the default of t4g and bills what a runaway process burns.
      ...(/^t\d/.test(spec.instance.type) ? { creditSpecification: { cpuCredits: 'standard' } } : {}),
      tags: {
        Name: name,
        [tag.image]: spec.image.kind,
        ...(spec.adopted === undefined ? {} : { [tag.adoptedFrom]: spec.adopted.stack }),
      },
      dependsOn: [...after],
    })
  }
}
