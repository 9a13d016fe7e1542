/** Operations of S3 that IAM calls otherwise.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
const renamed: Readonly<Record<string, string>> = {
  ListBuckets: 'ListAllMyBuckets',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  HeadBucket: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListParts: 'ListMultipartUploadParts',
  HeadObject: 'GetObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  DeleteObjects: 'DeleteObject',
  DeleteBucketTagging: 'PutBucketTagging',
  DeleteBucketPublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
  DeleteBucketCors: 'PutBucketCORS',
  GetBucketCors: 'GetBucketCORS',
  PutBucketCors: 'PutBucketCORS',
  GetBucketLockConfiguration: 'GetBucketObjectLockConfiguration',
  PutBucketLockConfiguration: 'PutBucketObjectLockConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
}

/** Parts of a bucket whose action has no `Bucket` in its name, and is written with Put when it is deleted. */
const withoutBucket: Readonly<Record<string, string>> = {
  AccelerateConfiguration: 'AccelerateConfiguration',
  Encryption: 'EncryptionConfiguration',
  IntelligentTieringConfiguration: 'IntelligentTieringConfiguration',
  InventoryConfiguration: 'InventoryConfiguration',
  LifecycleConfiguration: 'LifecycleConfiguration',
  MetricsConfiguration: 'MetricsConfiguration',
  NotificationConfiguration: 'BucketNotification',
  Replication: 'ReplicationConfiguration',
}

const versioned = /^(Get|Delete)Object(Acl|Tagging)?$|^PutObject(Acl|Tagging)$/

/** @param version the request names one version of the object */
export const nameS3Action = (operation: string, version: boolean): string => {
  const [, verb = '', part = ''] = /^(Get|Put|Delete)Bucket(\w+)$/.exec(operation) ?? []
  const plain = withoutBucket[part]
  const action =
    plain === undefined ? (renamed[operation] ?? operation) : `${verb === 'Get' ? 'Get' : 'Put'}${plain}`
  return version && versioned.test(action) ? action.replace('Object', 'ObjectVersion') : action
}
