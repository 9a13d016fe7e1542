import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { names } from '../../config/names.ts'
import type { ImageLock } from '../../images/lock.ts'
import { payloadFolder } from '../../userdata/payload.ts'
import { renderScript } from '../../userdata/render.ts'
import { provisionSteps, sealSteps } from '../../userdata/steps.ts'
import { root } from '../e2e/cli.ts'

/** Everything of ours that Packer is given, so that it makes the same image on the same gateway. */
export interface PackerGround {
  readonly folder: string
  readonly region: string
  readonly accountId: string
  readonly lock: ImageLock
  /** sha256 of the payload in the state bucket. */
  readonly payload: string
  readonly subnetId: string
  readonly groupId: string
  readonly rootVolumeGiB: number
}

/** undefined: it is not here. Debian 12 has 1.6.6, with all its builders in one program. */
export const findPacker = (): string | undefined => {
  const { status, stdout } = spawnSync('packer', ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

const renderUserData = ({ region, accountId, lock, payload }: PackerGround): string => {
  const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
  const fetch = renderScript(read('images', 'fetch.sh'), {
    ...{ folder: payloadFolder, bucket: names.stateBucket(accountId, region), owner: accountId, region },
    artifacts: [
      `${payload} payload`,
      `${lock.kiroCli.sha256} kiro-cli.archive`,
      `${lock.awsCli.sha256} aws-cli.archive`,
    ].join('\n'),
  })
  const scripts = [...provisionSteps, ...sealSteps].map(({ script }) => script).join('\n')
  return renderScript(read('test', 'bench', 'packer-bake.sh'), { fetch, folder: payloadFolder, scripts })
}

/**
 * A template of the builder amazon-ebs, and the user data beside it. Its usual way in is ssh, which nothing of ours
 * has; without a communicator it waits until the machine stops by itself.
 * https://developer.hashicorp.com/packer/integrations/hashicorp/amazon/latest/components/builder/ebs
 * @returns the template's file
 */
export const layOutPacker = (ground: PackerGround): string => {
  const { folder, region, lock, subnetId, groupId, rootVolumeGiB } = ground
  const script = join(folder, 'packer-user-data.sh')
  writeFileSync(script, renderUserData(ground))
  const disk = {
    device_name: '/dev/xvda',
    volume_size: rootVolumeGiB,
    volume_type: 'gp3',
    throughput: 125,
    iops: 3000,
    encrypted: true,
  }
  const builder = {
    ...{ type: 'amazon-ebs', communicator: 'none', disable_stop_instance: true, region },
    ...{ custom_endpoint_ec2: '{{user `endpoint`}}', skip_region_validation: true },
    ...{
      source_ami: lock.baseImages[region]?.id,
      instance_type: 't4g.medium',
      ami_name: 'packer-{{timestamp}}',
    },
    ...{ subnet_id: subnetId, security_group_id: groupId, associate_public_ip_address: false },
    ...{ iam_instance_profile: names.imageBuilderRole(region), user_data_file: script },
    launch_block_device_mappings: [{ ...disk, delete_on_termination: true }],
    ...{ tags: { Name: 'packer' }, run_tags: { Name: 'packer' } },
  }
  const file = join(folder, 'packer.json')
  // Its own configuration may read the environment in variables only.
  const variables = { endpoint: '{{env `AWS_ENDPOINT_URL`}}' }
  writeFileSync(file, JSON.stringify({ variables, builders: [builder] }))
  return file
}
