/**
 * What services answer when somebody may not. There is no list of AWS's; this one is from the error shapes of the SDKs'
 * service models (AccessDeniedException in 243 services, ForbiddenException in 28, UnauthorizedException in 26, SNS
 * AuthorizationError, Redshift AccessToClusterDenied, Elastic Beanstalk InsufficientPrivilegesException, ...), EC2's
 * UnauthorizedOperation and AuthFailure, and RDS's NotAuthorized.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html
 * Names such as RDS's AuthorizationNotFound tell of an object that is called so.
 */
const codes =
  /AccessDenied|AccessTo\w*Denied|Unauthori[sz]ed|NotAuthori[sz]ed|Forbidden|^Authori[sz]ation(Error|Failure|Exception)|^AuthFailure|InsufficientPrivileges|^(HTTP ?)?40[13]$/i

/** IAM's own sentence, whatever code a service puts in front of it: CloudFormation says ValidationError. */
const sentence = /\bnot authori[sz]ed to perform\b|\bwith an explicit deny\b/i

/** CloudTrail writes the words of a sign-in that failed into its answer, and no code. */
export const signInFailed = 'Failure'

/** Whether a call was refused by policy, or a sign-in was. @param code `Client.UnauthorizedOperation` */
export const isDenied = (code: string | undefined, message = ''): boolean =>
  code !== undefined &&
  (code === signInFailed || codes.test(code.replace(/^(Client|Server)\./, '')) || sentence.test(message))
