import type { Instance, MetadataOptions } from '../../../local/guests/instance.ts'

const metadata: MetadataOptions = {
  endpoint: 'enabled',
  tokens: 'required',
  hopLimit: 1,
  instanceTags: 'disabled',
}

export interface Differences extends Partial<Omit<Instance, 'metadata' | 'network'>> {
  readonly metadata?: Partial<MetadataOptions>
  readonly network?: Partial<Instance['network']>
}

/** An instance with everything that metadata can tell. */
export const makeInstance = (differences: Differences = {}): Instance => ({
  instanceId: 'i-0123456789abcdef0',
  region: 'us-west-2',
  accountId: '111122223333',
  state: 'running',
  instanceType: 't4g.medium',
  launchTime: '2026-05-04T10:11:12.345Z',
  launchIndex: 0,
  reservationId: 'r-0a',
  shutdownBehavior: 'stop',
  image: { imageId: 'ami-1', name: 'al2023', ownerId: 'amazon', architecture: 'arm64' },
  userData: Buffer.from('#!/bin/sh\necho \u00fc\n').toString('base64'),
  tags: { 'kiro:owner': 'alice', Name: 'box', 'a/b': 'slash', 'a b': 'space' },
  profile: { arn: 'arn:aws:iam::111122223333:instance-profile/p', id: 'AIPA1', roleName: 'kiro-ec2-alice' },
  key: { name: 'laptop', publicKey: 'ssh-ed25519 AAAA laptop' },
  volumes: [
    {
      volumeId: 'vol-2',
      device: '/dev/sdf',
      root: false,
      sizeGiB: 8,
      deleteOnTermination: true,
      snapshotId: null,
    },
    {
      volumeId: 'vol-1',
      device: '/dev/xvda',
      root: true,
      sizeGiB: 30,
      deleteOnTermination: true,
      snapshotId: null,
    },
  ],
  ...differences,
  metadata: { ...metadata, ...differences.metadata },
  network: {
    privateIp: '10.20.16.4',
    privateDnsName: 'ip-10-20-16-4.us-west-2.compute.internal',
    mac: '0e:11:22:33:44:55',
    interfaceId: 'eni-1',
    subnetId: 'subnet-1',
    subnetCidr: '10.20.16.0/20',
    vpcId: 'vpc-1',
    vpcCidr: '10.20.0.0/16',
    availabilityZone: 'us-west-2a',
    availabilityZoneId: 'usw2-az1',
    securityGroups: [
      { id: 'sg-1', name: 'sandbox' },
      { id: 'sg-2', name: 'extra' },
    ],
    ...differences.network,
  },
})
