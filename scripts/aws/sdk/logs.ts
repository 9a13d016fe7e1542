/**
 * The commands of this client that we use. esbuild drops what is not named here, when it bundles: all of EC2 would be
 * two megabytes of schemas to read at every start.
 */
export {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeResourcePoliciesCommand,
} from '@aws-sdk/client-cloudwatch-logs'
