import type { S3Client } from '@aws-sdk/client-s3'
import { type Finding, fine, note, wrong } from '../../config/finding.ts'
import { names } from '../../config/names.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { Target } from '../target.ts'

export interface BucketFacts {
  readonly bucket: string
  /** somebodys: the name is taken by another account; elsewhere: it is ours, and in another region. */
  readonly kind: 'ours' | 'missing' | 'somebodys' | 'elsewhere'
  /** Where it lies, when that is known and another region than it should be. */
  readonly region: string | undefined
  /** Of the KMS key it encrypts with; undefined: with the keys of S3. */
  readonly keyId: string | undefined
  readonly versioning: string | undefined
  readonly encryption: string | undefined
  readonly publicBlocked: boolean
  readonly tlsOnly: boolean
}

const what = 'state bucket'

interface Safeguard {
  readonly missing: (facts: BucketFacts) => boolean
  readonly says: (facts: BucketFacts) => string
}

/** What stacks/bootstrap.yaml gives the bucket. It comes back by the same way. */
const safeguards: readonly Safeguard[] = [
  {
    missing: ({ versioning }) => versioning !== 'Enabled',
    says: ({ versioning }) =>
      `keeps no older versions (versioning ${versioning?.toLowerCase() ?? 'off'}): a broken state could not be brought back`,
  },
  {
    missing: ({ encryption }) => encryption === undefined,
    says: () => 'has no rule to encrypt what is written to it',
  },
  {
    missing: ({ publicBlocked }) => !publicBlocked,
    says: () => 'could be made public: its public access block is not complete',
  },
  {
    missing: ({ tlsOnly }) => !tlsOnly,
    says: () => 'also answers without TLS: its policy does not deny that',
  },
]

const decideAbsent = ({ bucket, kind, region }: BucketFacts, used: boolean): Finding => {
  if (kind === 'elsewhere')
    return wrong(
      what,
      `${bucket} lies in ${region ?? 'another region'}: a state bucket belongs to the region in its name`,
      `aws s3 ls s3://${bucket}; if nothing of it is needed, remove it, then npm run bootstrap`,
    )
  if (kind === 'somebodys')
    return wrong(
      what,
      `the name ${bucket} belongs to another account`,
      'ask AWS Support; nothing was read from it',
    )
  return used
    ? wrong(
        what,
        `${bucket} is gone, and with it what Terraform knows of the sandboxes`,
        'restore it, or run sandbox:up for each engineer: it takes over what is there',
      )
    : note(what, `there is none yet; npm run bootstrap makes ${bucket}`)
}

/** @param used something of this account looks like a sandbox, so that there should be a state */
export const decideBucket = (facts: BucketFacts, used: boolean): Finding[] => {
  const { bucket, kind, encryption } = facts
  if (kind !== 'ours') return [decideAbsent(facts, used)]
  const findings = safeguards
    .filter(({ missing }) => missing(facts))
    .map(({ says }) => wrong(what, `${bucket} ${says(facts)}`, 'npm run bootstrap'))
  return findings.length > 0
    ? findings
    : [fine(what, `${bucket}, versioned, encrypted (${encryption}), closed to the public`)]
}

const absent = [
  'ServerSideEncryptionConfigurationNotFoundError',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchBucketPolicy',
]

const ifThere = async <T>(doing: string, call: Promise<T>): Promise<T | undefined> => {
  try {
    return await call
  } catch (error) {
    if (isAwsError(error, ...absent)) return undefined
    return awsCall(doing, () => Promise.reject(error))
  }
}

/** Denies whatever comes without TLS. */
export const isTlsOnly = (policy: string | undefined): boolean =>
  policy !== undefined &&
  [(JSON.parse(policy) as { Statement: object | object[] }).Statement]
    .flat()
    .some(
      (one) =>
        (one as { Effect?: string }).Effect === 'Deny' &&
        /"aws:SecureTransport":\s*"?false"?/i.test(JSON.stringify(one)),
    )

const findVersioning = async (
  client: S3Client,
  where: object,
): Promise<BucketFacts['kind'] | { status: string | undefined }> => {
  const { GetBucketVersioningCommand } = await import('../aws/sdk/s3.ts')
  try {
    const { Status } = await client.send(new GetBucketVersioningCommand(where as { Bucket: string }))
    return { status: Status }
  } catch (error) {
    if (isAwsError(error, 'NoSuchBucket')) return 'missing'
    // What the endpoint of one region says of a bucket in another.
    if (isAwsError(error, 'PermanentRedirect', 'AuthorizationHeaderMalformed')) return 'elsewhere'
    // To whoever owns it AWS says which permission is missing; to others only this.
    if (isAwsError(error, 'AccessDenied') && (error as Error).message === 'Access Denied') return 'somebodys'
    return awsCall('look at the state bucket', () => Promise.reject(error))
  }
}

export const findBucket = async ({ sdk, accountId, region }: Target): Promise<BucketFacts> => {
  const {
    GetBucketEncryptionCommand,
    GetBucketPolicyCommand,
    GetPublicAccessBlockCommand,
    HeadBucketCommand,
    S3Client,
  } = await import('../aws/sdk/s3.ts')
  const client = new S3Client(sdk)
  const where = { Bucket: names.stateBucket(accountId, region), ExpectedBucketOwner: accountId }
  const nothing = {
    versioning: undefined,
    encryption: undefined,
    keyId: undefined,
    publicBlocked: false,
    tlsOnly: false,
  }
  const versioning = await findVersioning(client, where)
  if (typeof versioning === 'string')
    return { bucket: where.Bucket, kind: versioning, region: undefined, ...nothing }
  const there = await awsCall('find the region of the state bucket', () =>
    client.send(new HeadBucketCommand(where)),
  )
  if (there.BucketRegion !== undefined && there.BucketRegion !== region)
    return { bucket: where.Bucket, kind: 'elsewhere', region: there.BucketRegion, ...nothing }
  const [encryption, block, policy] = await Promise.all([
    ifThere('look at the encryption of the state bucket', client.send(new GetBucketEncryptionCommand(where))),
    ifThere('look at the public access block', client.send(new GetPublicAccessBlockCommand(where))),
    ifThere('read the policy of the state bucket', client.send(new GetBucketPolicyCommand(where))),
  ])
  const rule = encryption?.ServerSideEncryptionConfiguration?.Rules?.[0]
  const blocked = Object.values(block?.PublicAccessBlockConfiguration ?? {})
  return {
    ...{ bucket: where.Bucket, kind: 'ours', region: undefined, versioning: versioning.status },
    encryption: rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    keyId: rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
    publicBlocked: blocked.length === 4 && blocked.every(Boolean),
    tlsOnly: isTlsOnly(policy?.Policy),
  }
}
