import { join } from 'node:path'
import * as ec2 from '@aws-sdk/client-ec2'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import { expect } from 'vitest'
import { names, tag } from '../../config/names.ts'
import { setFaults } from '../../local/control/set-faults.ts'
import type { Fault } from '../../local/gateway/faults.ts'
import { type ClientConfig, type Ended, openSession, type Session } from '../e2e/cli.ts'
import { Bucket, keysBelow } from './fleet-fixture.ts'

export const minutes = 60_000

export const settings = {
  network: { endpoints: [] },
  image: { swapMiB: 512, agentSeconds: 120, builderTypes: ['t4g.medium', 't4g.large'] },
}

const alive = ['pending', 'running', 'stopping', 'stopped']

/** A local target with machines on which images are built, and ways to look at what builds leave. */
export class BuildRoom {
  readonly session: Session
  readonly sdk: ClientConfig
  readonly ec2: ec2.EC2Client
  readonly ssm: SSMClient

  private constructor(session: Session, sdk: ClientConfig) {
    this.session = session
    this.sdk = sdk
    this.ec2 = new ec2.EC2Client(sdk)
    this.ssm = new SSMClient(sdk)
  }

  static async open(): Promise<BuildRoom> {
    const session = openSession(settings)
    await session.run('local:up', '--yes')
    return new BuildRoom(session, await session.sdkConfig())
  }

  /** Calls that AWS refuses from now on; none: no more. */
  refuse(...faults: Fault[]): Promise<void> {
    return setFaults(join(this.session.state, 'local'), faults)
  }

  /** Machines of builds, by default those that cost something now. */
  async listBuilders(...states: string[]): Promise<ec2.Instance[]> {
    const Filters = [
      { Name: `tag:${tag.component}`, Values: ['image-builder'] },
      { Name: 'instance-state-name', Values: states.length === 0 ? alive : states },
    ]
    const { Reservations = [] } = await this.ec2.send(new ec2.DescribeInstancesCommand({ Filters }))
    return Reservations.flatMap(({ Instances = [] }) => Instances)
  }

  /** Golden ones, or copies of their base. */
  async listImages(component: 'image' | 'base-image' = 'image'): Promise<ec2.Image[]> {
    const Filters = [{ Name: `tag:${tag.component}`, Values: [component] }]
    const { Images = [] } = await this.ec2.send(new ec2.DescribeImagesCommand({ Owners: ['self'], Filters }))
    return Images
  }

  /** Neither a machine nor an image nor a lock. */
  async expectNothingLeft(): Promise<void> {
    expect(await this.listBuilders()).toEqual([])
    expect(await this.listImages()).toEqual([])
    const keys = await keysBelow(this.sdk, 'images/')
    expect(keys.filter((key) => key?.endsWith('build.lock'))).toEqual([])
  }

  async readRecord(digest: string, file: string): Promise<string> {
    const s3 = new S3Client({ ...this.sdk, forcePathStyle: true })
    const Key = names.imageRecordKey(digest, file)
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    return (await Body?.transformToString()) ?? ''
  }

  /** Ends a build the way a person or a crash does, once it has told something. */
  async cutOff(signal: NodeJS.Signals, when: string | RegExp): Promise<Ended> {
    const run = this.session.start('image:build')
    await run.waitFor(when)
    process.kill(run.pid, signal)
    return run.ended
  }
}
