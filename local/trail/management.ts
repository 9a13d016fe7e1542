import { isRead } from '../gateway/classify.ts'
import type { JournalRecord } from '../gateway/journal.ts'

type Named = Pick<JournalRecord, 'service' | 'operation'>

/**
 * Event history has management events only.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
const dataOperations: Readonly<Record<string, RegExp>> = {
  dynamodb: /^(Batch|Transact|Execute|Get|Put|Update|Delete)(Get|Write|Item|Items|Statement|Transaction)/,
  kinesis: /^(PutRecords?|GetRecords|GetShardIterator)$/,
  lambda: /^Invoke/,
  logs: /^(PutLogEvents|GetLogEvents|FilterLogEvents|StartLiveTail)$/,
  monitoring: /^(PutMetricData|GetMetricData|GetMetricStatistics)$/,
  sns: /^Publish/,
  sqs: /^(SendMessage|ReceiveMessage|DeleteMessage|ChangeMessageVisibility)/,
  ssmmessages: /./,
}

const s3Data = /^(ListObject|DeleteObjects|ListMultipartUploads|ListParts)/

/** Calls about an object have its key, those about a bucket have none. */
const isObjectCall = ({ operation, parameters }: JournalRecord): boolean =>
  'key' in parameters || s3Data.test(operation)

export const isManagement = (record: JournalRecord): boolean =>
  record.service === 's3'
    ? !isObjectCall(record)
    : dataOperations[record.service]?.test(record.operation) !== true

/** Names that do not look like reads and are recorded as such. */
const alsoReads: Readonly<Record<string, RegExp>> = {
  sts: /./,
  kms: /^(Decrypt|Encrypt|ReEncrypt|GenerateDataKey|GenerateRandom|Sign|Verify)/,
  s3: /^(Get|Head|List)/,
  logs: /^(StartQuery|StopQuery)$/,
}

export const isReadOnly = ({ service, operation }: Named): boolean =>
  alsoReads[service]?.test(operation) === true ||
  (service !== 's3' &&
    isRead({ service, operation, label: `${service}/${operation}`, region: '', protocol: 'json' }))

/** Names in a signature that are not those of the event source. */
const sources: Readonly<Record<string, string>> = { email: 'ses', 'execute-api': 'apigateway' }

export const planEventSource = (service: string): string => `${sources[service] ?? service}.amazonaws.com`
