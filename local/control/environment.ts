import { quoteWord } from '../../config/shell-word.ts'
import type { LocalTarget } from './ensure.ts'

export interface LocalEnvironment {
  readonly set: Readonly<Record<string, string>>
  /** Would lead a client past the local target, or make it send what does not belong to these keys. */
  readonly unset: readonly string[]
}

/** Endpoints of single services come before AWS_ENDPOINT_URL. */
const services =
  'CLOUDFORMATION CLOUDTRAIL CLOUDWATCH CLOUDWATCH_LOGS DYNAMODB EC2 EC2_INSTANCE_CONNECT IAM KMS S3 SSM STS'.split(
    ' ',
  )

const unset = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
  ...services.map((service) => `AWS_ENDPOINT_URL_${service}`),
]

type Environment = Readonly<Record<string, string | undefined>>

/** botocore sends even 127.0.0.1 through a proxy unless told otherwise; Go and Node do not. */
const planNoProxy = (env: Environment): Record<string, string> => {
  const proxied = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'].some((name) => env[name])
  if (!proxied) return {}
  const list = [...new Set([...(env.no_proxy ?? env.NO_PROXY ?? '').split(','), '127.0.0.1'])]
    .filter((host) => host !== '')
    .join(',')
  return { no_proxy: list, NO_PROXY: list }
}

/**
 * What every AWS client needs to talk to the local target: CLI, SDKs, Terraform and its s3 backend all honour it.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export const planLocalEnvironment = (
  target: LocalTarget,
  region: string,
  env: Environment = {},
): LocalEnvironment => ({
  set: {
    AWS_ENDPOINT_URL: target.endpoint,
    AWS_ACCESS_KEY_ID: target.accessKeyId,
    AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // Without it a client that finds no credentials asks the metadata service of a real EC2 machine.
    AWS_EC2_METADATA_DISABLED: 'true',
    ...planNoProxy(env),
  },
  unset,
})

/** For `eval` in sh, bash, zsh and dash. */
export const renderExports = (environment: LocalEnvironment): string =>
  [
    `unset ${environment.unset.join(' ')}`,
    ...Object.entries(environment.set).map(([name, value]) => `export ${name}=${quoteWord(value)}`),
  ].join('\n')
