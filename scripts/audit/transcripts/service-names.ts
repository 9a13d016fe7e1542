/**
 * The AWS CLI's names of services that CloudTrail calls otherwise, by the endpoint prefix its models give them:
 * https://github.com/boto/botocore/tree/develop/botocore/data (`endpointPrefix`)
 */
const others: Readonly<Record<string, string>> = {
  s3api: 's3',
  s3control: 's3',
  apigatewayv2: 'apigateway',
  'bedrock-runtime': 'bedrock',
  'bedrock-agent': 'bedrock',
  'bedrock-agent-runtime': 'bedrock',
  budgets: 'budgets',
  cloudcontrol: 'cloudcontrolapi',
  cloudwatch: 'monitoring',
  'cognito-identity': 'cognito-identity',
  configservice: 'config',
  deploy: 'codedeploy',
  docdb: 'rds',
  neptune: 'rds',
  efs: 'elasticfilesystem',
  elb: 'elasticloadbalancing',
  elbv2: 'elasticloadbalancing',
  emr: 'elasticmapreduce',
  es: 'es',
  opensearch: 'es',
  kinesisanalyticsv2: 'kinesisanalytics',
  'resource-groups': 'resource-groups',
  resourcegroupstaggingapi: 'tagging',
  'service-quotas': 'servicequotas',
  sesv2: 'ses',
  'sso-admin': 'sso',
  stepfunctions: 'states',
  wafv2: 'wafv2',
}

/** Customizations of the CLI that are one call of the API under another name, and what they call. */
const shorthands: Readonly<Record<string, string>> = {
  's3:mb': 's3:createbucket',
  's3:rb': 's3:deletebucket',
  'logs:tail': 'logs:filterlogevents',
  'ecr:get-login-password': 'ecr:getauthorizationtoken',
  'eks:update-kubeconfig': 'eks:describecluster',
}

/** What reads and writes data is in no event history, whoever does it. */
const data =
  /^(s3:(cp|mv|rm|sync|ls|(get|put|head|delete|list|copy|select)-?object.*|upload-?part|listobjectsv2)|dynamodb:(get|put|update|delete|batch-?(get|write)|transact-?(get|write))-?items?|dynamodb:(query|scan)|lambda:invoke|sns:publish.*|sqs:(send|receive|delete)-?message.*|kinesis:(put|get)-?records?.*)$/

/** CloudTrail's `lambda:ListFunctions20150331` and the CLI's `lambda:list-functions` are one and the same. */
export const callKey = (service: string, operation: string): string =>
  `${service.toLowerCase()}:${operation
    .replace(/\d{4}_?\d{2}_?\d{2}(v\d)?$/, '')
    .replaceAll(/[-_]/g, '')
    .toLowerCase()}`

export interface Named {
  /** As it was written: `ec2:describe-vpcs`. */
  readonly name: string
  readonly key: string
  /** An event of it would be a data event. */
  readonly data: boolean
}

/** @param hasPath `aws s3 ls` alone lists buckets, which is in the history; with a path it lists objects, which is not */
export const nameCall = (cliService: string, cliOperation: string, hasPath = true): Named => {
  const name = `${cliService}:${cliOperation}`
  const lower = name.toLowerCase()
  if (lower === 's3:ls' && !hasPath) return { name, key: 's3:listbuckets', data: false }
  const service = others[cliService.toLowerCase()] ?? cliService
  const key = shorthands[lower] ?? callKey(service, cliOperation)
  return { name, key, data: data.test(lower.replace(/^s3api:/, 's3:')) }
}
