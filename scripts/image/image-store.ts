import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { S3Client } from '@aws-sdk/client-s3'
import { names } from '../../config/names.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { Target } from '../target.ts'

/** An object and the ETag it had when it was read. */
export interface Stored {
  readonly text: string
  readonly etag: string
}

/** What images leave in the state bucket: artefacts by sha256, records and the lock of a build by digest. */
export class ImageStore {
  readonly bucket: string
  private readonly target: Target
  private readonly where: { readonly Bucket: string; readonly ExpectedBucketOwner: string }
  private client: S3Client | undefined

  constructor(target: Target) {
    this.target = target
    this.bucket = names.stateBucket(target.accountId, target.region)
    this.where = { Bucket: this.bucket, ExpectedBucketOwner: target.accountId }
  }

  /** undefined when there is no such object, or no bucket yet. */
  async read(key: string): Promise<Stored | undefined> {
    const { GetObjectCommand } = await import('../aws/sdk/s3.ts')
    const client = await this.connect()
    try {
      const { Body, ETag } = await client.send(new GetObjectCommand({ ...this.where, Key: key }))
      return { text: (await Body?.transformToString()) ?? '', etag: ETag ?? '' }
    } catch (error) {
      if (isAwsError(error, 'NoSuchKey', 'NoSuchBucket', 'NotFound')) return undefined
      return awsCall(`read ${key}`, () => Promise.reject(error))
    }
  }

  /**
   * @param only write only where there is no object yet (`absent`), or the one of an ETag
   * @returns false when that was not so
   */
  async write(key: string, text: string, only?: 'absent' | { etag: string }): Promise<boolean> {
    const { PutObjectCommand } = await import('../aws/sdk/s3.ts')
    const client = await this.connect()
    const condition =
      only === 'absent' ? { IfNoneMatch: '*' } : only === undefined ? {} : { IfMatch: only.etag }
    try {
      await client.send(
        new PutObjectCommand({
          ...this.where,
          ...condition,
          Key: key,
          Body: text,
          ContentType: 'application/json',
        }),
      )
      return true
    } catch (error) {
      const lost = isAwsError(error, 'PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey')
      if (lost && only !== undefined) return false
      return awsCall(`write ${key}`, () => Promise.reject(error))
    }
  }

  async remove(key: string): Promise<void> {
    const { DeleteObjectCommand } = await import('../aws/sdk/s3.ts')
    const client = await this.connect()
    await awsCall(`remove ${key}`, () => client.send(new DeleteObjectCommand({ ...this.where, Key: key })))
  }

  /** Uploads a file under its sha256, once; S3 checks the sum on arrival. @returns false when it was there */
  async keepArtifact(file: string, sha256: string): Promise<boolean> {
    const key = names.artifactKey(sha256)
    if (await this.has(key)) return false
    const { PutObjectCommand } = await import('../aws/sdk/s3.ts')
    const client = await this.connect()
    const { size } = await stat(file)
    await awsCall(`upload ${key}`, () =>
      client.send(
        new PutObjectCommand({
          ...this.where,
          Key: key,
          Body: createReadStream(file),
          ContentLength: size,
          ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
        }),
      ),
    )
    return true
  }

  private async has(key: string): Promise<boolean> {
    const { HeadObjectCommand } = await import('../aws/sdk/s3.ts')
    const client = await this.connect()
    try {
      await client.send(new HeadObjectCommand({ ...this.where, Key: key }))
      return true
    } catch (error) {
      if (isAwsError(error, 'NotFound', 'NoSuchKey', 'NoSuchBucket')) return false
      return awsCall(`look for ${key}`, () => Promise.reject(error))
    }
  }

  private async connect(): Promise<S3Client> {
    const { S3Client } = await import('../aws/sdk/s3.ts')
    this.client ??= new S3Client(this.target.sdk)
    return this.client
  }
}
