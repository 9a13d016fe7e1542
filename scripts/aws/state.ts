import type { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { names } from '../../config/names.ts'
import { refuseNewer } from '../../config/spec.ts'
import { isData } from '../../config/versions.ts'
import type { Target } from '../target.ts'
import { awsCall, isAwsError } from './call.ts'

/** Who holds the lock of a state, as Terraform writes it into `<key>.tflock`. */
export interface StateLock {
  readonly id: string
  readonly who: string
  readonly operation: string
  /** ISO 8601 by the clock of whoever locked */
  readonly created: string
}

const recordVersion = 1

const recordSchema = z.object({
  version: z.literal(recordVersion),
  /** Of the synthesised JSON and the pinned tools. */
  digest: z.string(),
  spec: z.unknown(),
  outputs: z.record(z.string(), z.unknown()),
  /** ETag of the state that run left; another one means that somebody else has applied since. */
  stateTag: z.string(),
  appliedAt: z.string(),
  /** sha256 of the user data that the machine runs or has run; another one has to be taken over. */
  userData: z.string().optional(),
})

/** What the last finished run left beside the state, so that the next one can see that nothing changed. */
export type AppliedRecord = z.infer<typeof recordSchema>

const lockSchema = z.object({ ID: z.string(), Who: z.string(), Operation: z.string(), Created: z.string() })

/** The state bucket, seen as a few named things. */
export class StateStore {
  private readonly target: Target
  /**
   * The name of the bucket can be guessed, and bucket names are global: whoever takes it first must not be able
   * to plant a state. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
   */
  private readonly where: { readonly Bucket: string; readonly ExpectedBucketOwner: string }
  private client: S3Client | undefined

  constructor(target: Target) {
    this.target = target
    this.where = {
      Bucket: names.stateBucket(target.accountId, target.region),
      ExpectedBucketOwner: target.accountId,
    }
  }

  /** ETag of a stack's state; undefined when the stack has none. */
  async findStateTag(stack: string): Promise<string | undefined> {
    const { HeadObjectCommand } = await import('./sdk/s3.ts')
    return this.ifThere(`look at the state of ${stack}`, async (client) => {
      const { ETag } = await client.send(new HeadObjectCommand({ ...this.where, Key: names.stateKey(stack) }))
      return ETag
    })
  }

  /** Text of a stack's state. */
  findState(stack: string): Promise<string | undefined> {
    return this.read(names.stateKey(stack))
  }

  async findRecord(stack: string): Promise<AppliedRecord | undefined> {
    const text = await this.read(names.recordKey(stack))
    if (text === undefined) return undefined
    const data = parseJson(text)
    const version = isData(data) ? data.version : undefined
    if (typeof version === 'number' && version > recordVersion)
      throw refuseNewer(stack, 'record', version, recordVersion)
    // An older one is no record: the next run asks Terraform and writes a new one.
    return recordSchema.safeParse(data).data
  }

  async findLock(stack: string): Promise<StateLock | undefined> {
    const text = await this.read(`${names.stateKey(stack)}.tflock`)
    const lock = lockSchema.safeParse(parseJson(text ?? ''))
    return lock.data === undefined
      ? undefined
      : { id: lock.data.ID, who: lock.data.Who, operation: lock.data.Operation, created: lock.data.Created }
  }

  writeRecord(stack: string, record: AppliedRecord): Promise<void> {
    return this.write(names.recordKey(stack), record, `note what was applied to ${stack}`)
  }

  /** What a takeover of a CloudFormation stack has left so far, as JSON; undefined: none is under way. */
  findAdoption(stack: string): Promise<string | undefined> {
    return this.read(names.adoptionKey(stack))
  }

  writeAdoption(stack: string, journal: unknown): Promise<void> {
    return this.write(names.adoptionKey(stack), journal, `note how far the takeover of ${stack} is`)
  }

  removeAdoption(stack: string): Promise<void> {
    return this.removeKeys([names.adoptionKey(stack)])
  }

  /** Forgets a destroyed stack: its empty state and its record. Older versions expire by the bucket's rule. */
  remove(stack: string): Promise<void> {
    return this.removeKeys([names.recordKey(stack), names.stateKey(stack)])
  }

  /** Names of the stacks that have a state, or a lock because their first run is under way. */
  async listStacks(): Promise<string[]> {
    const { paginateListObjectsV2 } = await import('./sdk/s3.ts')
    const found = await this.ifThere('list the states', async (client) => {
      const keys: string[] = []
      for await (const page of paginateListObjectsV2({ client }, { ...this.where }))
        keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])))
      return keys
    })
    const ofStack = /^([a-z0-9-]+)\/terraform\.tfstate(?:\.tflock)?$/
    return [...new Set((found ?? []).flatMap((key) => ofStack.exec(key)?.[1] ?? []))]
  }

  private async write(Key: string, data: unknown, doing: string): Promise<void> {
    const { PutObjectCommand } = await import('./sdk/s3.ts')
    const client = await this.connect()
    const Body = JSON.stringify(data)
    await awsCall(doing, () =>
      client.send(new PutObjectCommand({ ...this.where, Key, Body, ContentType: 'application/json' })),
    )
  }

  private async removeKeys(keys: readonly string[]): Promise<void> {
    const { DeleteObjectCommand } = await import('./sdk/s3.ts')
    const client = await this.connect()
    for (const Key of keys)
      await awsCall(`remove ${Key}`, () => client.send(new DeleteObjectCommand({ ...this.where, Key })))
  }

  private async connect(): Promise<S3Client> {
    const { S3Client } = await import('./sdk/s3.ts')
    this.client ??= new S3Client(this.target.sdk)
    return this.client
  }

  private async read(key: string): Promise<string | undefined> {
    const { GetObjectCommand } = await import('./sdk/s3.ts')
    return this.ifThere(`read ${key}`, async (client) => {
      const { Body } = await client.send(new GetObjectCommand({ ...this.where, Key: key }))
      return Body?.transformToString()
    })
  }

  private async ifThere<T>(doing: string, call: (client: S3Client) => Promise<T>): Promise<T | undefined> {
    const client = await this.connect()
    try {
      return await call(client)
    } catch (error) {
      if (isAwsError(error, 'NotFound', 'NoSuchKey', 'NoSuchBucket')) return undefined
      return awsCall(doing, () => Promise.reject(error))
    }
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
