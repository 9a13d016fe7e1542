import { UserError } from '../../config/user-error.ts'

interface AwsFailure {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
}

const expired = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'TokenRefreshRequired',
  'SSOTokenProviderFailure',
])
const denied = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'AuthFailure',
  'Forbidden',
  'AuthorizationError', // Of SNS.
])
const unknownKey = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
])
const throttled = new Set([
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'SlowDown',
])
const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ECONNRESET',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'TimeoutError',
])

/** For hints: the profile that this command acts with. */
export const profileFlag = (): string =>
  process.env.AWS_PROFILE ? ` --profile ${process.env.AWS_PROFILE}` : ''

/** An AWS error as one sentence with the way out. `doing` reads like "list instances". */
export const explainAwsError = (error: unknown, doing: string): unknown => {
  if (!(error instanceof Error) || error instanceof UserError) return error
  const { name, message, code, $metadata } = error as unknown as AwsFailure
  const because = (text: string, hint: string) => new UserError(text, { hint, cause: error })
  if (name === 'CredentialsProviderError')
    return /expired|cannot refresh|refresh this SSO session/i.test(message)
      ? because('the AWS login has expired', `aws sso login${profileFlag()}`)
      : because(
          `no usable AWS credentials to ${doing}: ${message}`,
          `aws sso login${profileFlag()}, or set AWS_PROFILE`,
        )
  if (expired.has(name)) return because('the AWS login has expired', `aws sso login${profileFlag()}`)
  if (denied.has(name))
    return because(`AWS does not allow you to ${doing}: ${message}`, 'ask for the permission named above')
  if (unknownKey.has(name))
    return because(`AWS does not know these credentials (${name})`, `aws sso login${profileFlag()}`)
  // S3 passes on what KMS says of the key that an object is encrypted with.
  if (name.startsWith('KMS.') || name === 'KMSInvalidStateException')
    return because(`a KMS key does not let you ${doing}: ${message}`, 'npm run doctor says which key and why')
  if (throttled.has(name))
    return because(`AWS throttles calls to ${doing}`, 'wait a minute and run the same command again')
  // Waiters of the SDK end with a JSON of their last look instead of a sentence.
  if (/"state":"(TIMEOUT|FAILURE|ABORTED)"/.test(message))
    return because(`gave up waiting to ${doing}`, 'run the same command again; it continues')
  if (unreachable.has(code ?? name))
    return because(
      `no answer while trying to ${doing}: ${message}`,
      'npm run local:status, or check the network',
    )
  if ($metadata === undefined) return error
  // Answers to HEAD have no body and so no words.
  if ($metadata.httpStatusCode === 403)
    return because(
      `AWS does not allow you to ${doing}`,
      'ask for the permission to do it, or log in as somebody who may',
    )
  return because(`could not ${doing}: ${name}: ${message}`, `request id ${$metadata.requestId ?? 'unknown'}`)
}

/** Whether AWS was asked and does not allow it: by the error itself, or by the one that it explains. */
export const isDenial = (error: unknown): boolean => {
  const { name, $metadata } = ((error as Error).cause ?? error) as AwsFailure
  return denied.has(name) || $metadata?.httpStatusCode === 403
}

/** Runs an SDK call; what it throws is a sentence a person can act on. */
export const awsCall = async <T>(doing: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await call()
  } catch (error) {
    throw explainAwsError(error, doing)
  }
}

export const isAwsError = (error: unknown, ...awsNames: string[]): boolean =>
  error instanceof Error && awsNames.includes(error.name)
