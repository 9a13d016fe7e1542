import { names, tag } from '../../config/names.ts'
import { isAwsError } from '../aws/call.ts'
import { askJson, askSigned } from '../aws/signed-call.ts'
import type { SdkConfig, Target } from '../target.ts'
import { type Finder, ifThere } from './finder.ts'
import type { DeclaredResource } from './imports.ts'

type Sdk = (resource: DeclaredResource) => SdkConfig

const logFinders = (sdkOf: Sdk): Record<string, Finder> => ({
  aws_cloudwatch_log_group: (resource) =>
    ifThere('look for a log group', [], async () => {
      const { CloudWatchLogsClient, DescribeLogGroupsCommand } = await import('../aws/sdk/logs.ts')
      const { name } = resource.block
      const { logGroups } = await new CloudWatchLogsClient(sdkOf(resource)).send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix: String(name) }),
      )
      return logGroups?.find(({ logGroupName }) => logGroupName === name)?.logGroupName
    }),
  aws_cloudwatch_log_resource_policy: (resource) =>
    ifThere('look for the policy of a log', [], async () => {
      const { CloudWatchLogsClient, DescribeResourcePoliciesCommand } = await import('../aws/sdk/logs.ts')
      const { resourcePolicies } = await new CloudWatchLogsClient(sdkOf(resource)).send(
        new DescribeResourcePoliciesCommand({}),
      )
      return resourcePolicies?.find(({ policyName }) => policyName === resource.block.policy_name)?.policyName
    }),
})

/** The alias of a key has a name; a key whose run was cut off before that is known by its tag alone. */
const findKey = async (sdk: SdkConfig): Promise<string | undefined> => {
  const kms = await import('../aws/sdk/kms.ts')
  const client = new kms.KMSClient(sdk)
  for await (const { Keys = [] } of kms.paginateListKeys({ client }, {}))
    for (const { KeyId } of Keys) {
      try {
        const { Tags = [] } = await client.send(new kms.ListResourceTagsCommand({ KeyId }))
        const ours = Tags.some(
          ({ TagKey, TagValue }) => TagKey === tag.component && TagValue === names.alerts.stack,
        )
        if (!ours) continue
        const { KeyMetadata } = await client.send(new kms.DescribeKeyCommand({ KeyId }))
        if (KeyMetadata?.KeyState !== 'PendingDeletion') return KeyId
      } catch (error) {
        // Keys of AWS and those that others keep to themselves.
        if (!isAwsError(error, 'AccessDeniedException', 'NotFoundException')) throw error
      }
    }
  return undefined
}

const keyFinders = (sdkOf: Sdk): Record<string, Finder> => ({
  aws_kms_key: (resource) => ifThere('look for a key', [], () => findKey(sdkOf(resource))),
  aws_kms_alias: (resource) =>
    ifThere('look for the alias of a key', [], async () => {
      const kms = await import('../aws/sdk/kms.ts')
      const client = new kms.KMSClient(sdkOf(resource))
      for await (const { Aliases = [] } of kms.paginateListAliases({ client }, {}))
        if (Aliases.some(({ AliasName }) => AliasName === resource.block.name))
          return String(resource.block.name)
      return undefined
    }),
})

/** Terraform refers to a rule by its name, which the stack has resolved. */
const ruleFinders = (sdkOf: Sdk): Record<string, Finder> => ({
  aws_cloudwatch_event_rule: (resource) =>
    ifThere('look for a rule', ['ResourceNotFoundException'], async () => {
      const { name } = resource.block
      await askJson(sdkOf(resource), 'events', ['AWSEvents', 'DescribeRule'], { Name: name })
      return `default/${name}`
    }),
  aws_cloudwatch_event_target: (resource) =>
    ifThere('look for the target of a rule', ['ResourceNotFoundException'], async () => {
      const { rule, target_id } = resource.block
      const { Targets } = await askJson(
        ...([sdkOf(resource), 'events', ['AWSEvents', 'ListTargetsByRule'], { Rule: rule }] as const),
      )
      const found = (Targets as readonly { Id?: string }[] | undefined)?.some(({ Id }) => Id === target_id)
      return found ? `default/${rule}/${target_id}` : undefined
    }),
})

const topicFinder =
  ({ accountId }: Target, sdkOf: Sdk): Finder =>
  (resource) =>
    ifThere('look for a topic', ['NotFound', 'NotFoundException'], async () => {
      const sdk = sdkOf(resource)
      const TopicArn = `arn:aws:sns:${sdk.region}:${accountId}:${resource.block.name}`
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const query = { Action: 'GetTopicAttributes', Version: '2010-03-31', TopicArn }
      await askSigned(sdk, { service: 'sns', headers, body: new URLSearchParams(query).toString() })
      return TopicArn
    })

/** What alerts are made of. Policy and subscriptions of the topic go with it, and are made again without complaint. */
export const sideFinders = (
  target: Target,
  regionOf: (provider?: unknown) => string,
): Record<string, Finder> => {
  const sdkOf: Sdk = ({ block }) => ({ ...target.sdk, region: regionOf(block.provider) })
  return {
    ...{ ...logFinders(sdkOf), ...keyFinders(sdkOf), ...ruleFinders(sdkOf) },
    aws_sns_topic: topicFinder(target, sdkOf),
  }
}
