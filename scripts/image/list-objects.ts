import { names } from '../../config/names.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { Target } from '../target.ts'

export interface StoredObject {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** ISO 8601 */
  readonly modifiedAt: string
}

/** What lies below a prefix of the state bucket; nothing while there is no bucket. */
export const listObjects = async (target: Target, prefix: string): Promise<StoredObject[]> => {
  const { paginateListObjectsV2, S3Client } = await import('../aws/sdk/s3.ts')
  const where = {
    Bucket: names.stateBucket(target.accountId, target.region),
    ExpectedBucketOwner: target.accountId,
    Prefix: prefix,
  }
  const objects: StoredObject[] = []
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: new S3Client(target.sdk) }, where))
      for (const { Key = '', Size = 0, LastModified } of Contents)
        objects.push({ key: Key, size: Size, modifiedAt: LastModified?.toISOString() ?? '' })
  } catch (error) {
    if (!isAwsError(error, 'NoSuchBucket'))
      await awsCall(`list ${prefix} of the state bucket`, () => Promise.reject(error))
  }
  return objects
}
