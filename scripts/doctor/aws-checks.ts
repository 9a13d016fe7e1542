import { fine, note } from '../../config/finding.ts'
import { names } from '../../config/names.ts'
import { decideBootstrap, findBootstrapStack, findBootstrapTemplate } from '../aws/bootstrap.ts'
import { findStateKey } from '../aws/state-key.ts'
import { readWantedTemplate } from '../bootstrap/wanted.ts'
import { surveySweep } from '../sweep/survey.ts'
import {
  decideCaller,
  decideClock,
  decideRegion,
  findCallerArn,
  findClock,
  findRegionStatus,
} from './account.ts'
import type { Check } from './check.ts'
import { decidePlan, planAll } from './deep.ts'
import type { Ground } from './ground.ts'
import { decideImage, findImageFacts } from './image.ts'
import { decideInside, lookInside } from './inside.ts'
import { decideLeftovers } from './leftovers.ts'
import { decideNetwork, findNetwork } from './network.ts'
import { decidePermissions, rehearsePermissions } from './permissions.ts'
import { decideQuota, findVcpuQuota, findVpcQuota } from './quotas.ts'
import { decideSandbox, findSandboxes } from './sandboxes.ts'
import { decideBucket, findBucket } from './state-bucket.ts'
import { decideStateKey } from './state-key.ts'
import { decideStates, findStates } from './states.ts'

const listAccountChecks = (ground: Ground): Check[] => {
  const { target, settings } = ground.context
  const { sdk, region } = target
  const group = 'account'
  return [
    { group, name: 'credentials', look: async () => [decideCaller(await findCallerArn(sdk))] },
    { group, name: 'clock', look: async () => [decideClock(await findClock(sdk))] },
    { group, name: 'region', look: async () => [decideRegion(region, await findRegionStatus(sdk))] },
    {
      ...{ group, name: 'quotas' },
      look: async () => {
        const network = await ground.record(names.networkStack)
        const quotas = [findVpcQuota(sdk, network !== undefined), findVcpuQuota(sdk, settings.instance.type)]
        return (await Promise.all(quotas)).map((quota) => decideQuota(quota, region))
      },
    },
    {
      ...{ group, name: 'permissions' },
      look: async () => decidePermissions(await rehearsePermissions(ground)),
    },
  ]
}

const listStateChecks = (ground: Ground): Check[] => {
  const { target } = ground.context
  const group = 'state'
  return [
    {
      ...{ group, name: 'bootstrap stack' },
      look: async () => {
        const found = decideBootstrap(await findBootstrapStack(target.sdk))
        if (found === 'underWay')
          return [note('bootstrap stack', 'is being made or changed', 'wait a minute')]
        if (found === 'missing') return []
        const [was, wanted] = await Promise.all([
          findBootstrapTemplate(target.sdk),
          readWantedTemplate(ground.context),
        ])
        return was === wanted.text
          ? [fine('bootstrap stack', names.bootstrapStack)]
          : [
              note(
                'bootstrap stack',
                'was made from another template than the one of this release',
                'npm run bootstrap -- --plan',
              ),
            ]
      },
    },
    {
      ...{ group, name: 'state bucket' },
      look: async () => {
        const [bucket, machines] = await Promise.all([findBucket(target), ground.machines()])
        const key = bucket.keyId === undefined ? undefined : await findStateKey(target.sdk, bucket.keyId)
        return [...decideBucket(bucket, machines.length > 0), ...decideStateKey(key)]
      },
    },
    { group, name: 'states', look: async () => decideStates(await findStates(ground), ground.now) },
  ]
}

/** What is asked of AWS, all of it by reading. @param deep also asks Terraform, which takes its time */
export const listAwsChecks = (ground: Ground, deep: boolean): Check[] => {
  const { context, now } = ground
  return [
    ...listAccountChecks(ground),
    ...listStateChecks(ground),
    {
      ...{ group: 'network', name: 'network' },
      look: async () => decideNetwork(await findNetwork(ground), (await ground.users())[0]),
    },
    {
      ...{ group: 'image', name: 'image' },
      look: async () => decideImage(await findImageFacts(ground), now),
    },
    {
      ...{ group: 'sandboxes', name: 'sandboxes' },
      look: async () => {
        const found = (await findSandboxes(ground)).flatMap(decideSandbox)
        return found.length > 0 ? found : [fine('sandboxes', 'none')]
      },
    },
    {
      ...{ group: 'inside sandboxes', name: 'inside' },
      look: async () => {
        const found = (await lookInside(ground)).flatMap(decideInside)
        return found.length > 0 ? found : [fine('machines', 'none runs with an agent to ask')]
      },
    },
    {
      ...{ group: 'leftovers', name: 'leftovers' },
      look: async () => decideLeftovers(await surveySweep(context, now)),
    },
    ...(deep
      ? [
          {
            ...{ group: 'Terraform', name: 'plan' },
            look: async () => (await planAll(ground)).map(decidePlan),
          },
        ]
      : []),
  ]
}
