import type { Instance } from '../guests/instance.ts'
import type { RoleCredentials } from './credentials.ts'

/** IMDS writes its JSON with a space on both sides of the colon, and there are scripts that grep for it. */
const renderJson = (fields: Readonly<Record<string, unknown>>): string =>
  `{\n${Object.entries(fields)
    .map(([name, value]) => `  ${JSON.stringify(name)} : ${JSON.stringify(value)}`)
    .join(',\n')}\n}`

const withoutMilliseconds = (time: string): string => time.replace(/\.\d+/, '').replace(/\+00:00$/, 'Z')

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html */
export const renderIdentityDocument = (instance: Instance): string =>
  renderJson({
    accountId: instance.accountId,
    architecture: instance.image.architecture,
    availabilityZone: instance.network.availabilityZone,
    billingProducts: null,
    devpayProductCodes: null,
    marketplaceProductCodes: null,
    imageId: instance.image.imageId,
    instanceId: instance.instanceId,
    instanceType: instance.instanceType,
    kernelId: null,
    pendingTime: withoutMilliseconds(instance.launchTime),
    privateIp: instance.network.privateIp,
    ramdiskId: null,
    region: instance.region,
    version: '2017-09-30',
  })

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html */
export const renderCredentials = (credentials: RoleCredentials): string =>
  renderJson({
    Code: 'Success',
    LastUpdated: withoutMilliseconds(credentials.lastUpdated),
    Type: 'AWS-HMAC',
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.token,
    Expiration: withoutMilliseconds(credentials.expiration),
  })

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshoot-iam-roles.html#troubleshoot-iam-roles_cannot-access-instance */
export const renderNoCredentials = (roleName: string, time: string): string =>
  renderJson({
    Code: 'AssumeRoleUnauthorizedAccess',
    Message: `EC2 cannot assume the role ${roleName}.  Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.`,
    LastUpdated: withoutMilliseconds(time),
  })

export const renderProfile = (profile: { readonly arn: string; readonly id: string }, time: string): string =>
  renderJson({
    Code: 'Success',
    LastUpdated: withoutMilliseconds(time),
    InstanceProfileArn: profile.arn,
    InstanceProfileId: profile.id,
  })
