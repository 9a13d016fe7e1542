import { type Incoming, pathStyle } from './incoming.ts'

/** Parts of a bucket or an object that a query parameter picks, e.g. `GET /bucket?versioning`. */
const s3Parts: Readonly<Record<string, string>> = {
  accelerate: 'AccelerateConfiguration',
  acl: 'Acl',
  cors: 'Cors',
  encryption: 'Encryption',
  'intelligent-tiering': 'IntelligentTieringConfiguration',
  inventory: 'InventoryConfiguration',
  'legal-hold': 'LegalHold',
  lifecycle: 'LifecycleConfiguration',
  location: 'Location',
  logging: 'Logging',
  metrics: 'MetricsConfiguration',
  notification: 'NotificationConfiguration',
  'object-lock': 'LockConfiguration',
  ownershipControls: 'OwnershipControls',
  policy: 'Policy',
  policyStatus: 'PolicyStatus',
  publicAccessBlock: 'PublicAccessBlock',
  replication: 'Replication',
  requestPayment: 'RequestPayment',
  retention: 'Retention',
  tagging: 'Tagging',
  versioning: 'Versioning',
  website: 'Website',
}

const verbs: Readonly<Record<string, string>> = {
  GET: 'Get',
  HEAD: 'Head',
  PUT: 'Put',
  POST: 'Post',
  DELETE: 'Delete',
}

const plainObject: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
  DELETE: 'DeleteObject',
}
const plainBucket: Readonly<Record<string, string>> = {
  HEAD: 'HeadBucket',
  PUT: 'CreateBucket',
  DELETE: 'DeleteBucket',
}

const nameMultipart = (method: string, has: (name: string) => boolean, copy: boolean): string | undefined => {
  if (has('uploads')) return method === 'POST' ? 'CreateMultipartUpload' : 'ListMultipartUploads'
  if (!has('uploadId')) return undefined
  if (method === 'PUT') return copy ? 'UploadPartCopy' : 'UploadPart'
  return { POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload', GET: 'ListParts' }[method]
}

const nameS3 = (incoming: Incoming): string => {
  const { method, query, headers } = incoming
  const parameters = new URLSearchParams(query)
  const has = (name: string) => parameters.has(name)
  const copy = headers.some(([name]) => name === 'x-amz-copy-source')
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(pathStyle(incoming)) ?? []
  if (bucket === '') return 'ListBuckets'
  const multipart = nameMultipart(method, has, copy)
  if (multipart !== undefined) return multipart
  const part = Object.keys(s3Parts).find(has)
  if (part !== undefined)
    return `${verbs[method] ?? method}${key === '' ? 'Bucket' : 'Object'}${s3Parts[part]}`
  if (key !== '') return method === 'PUT' && copy ? 'CopyObject' : (plainObject[method] ?? `${method} object`)
  if (method === 'GET')
    return has('versions') ? 'ListObjectVersions' : has('list-type') ? 'ListObjectsV2' : 'ListObjects'
  return method === 'POST' && has('delete') ? 'DeleteObjects' : (plainBucket[method] ?? `${method} bucket`)
}

/** Services without a table of their own are named by what was asked: readable in the journal, and honest. */
export const nameRestOperation = (service: string, incoming: Incoming): string =>
  service === 's3' ? nameS3(incoming) : `${incoming.method} ${incoming.path}`
