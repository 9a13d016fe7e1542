/** What a name of AWS says about a call. */
export interface AwsHost {
  /** In front of the name of S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html */
  readonly bucket: string | undefined
  /** undefined: a name for all regions, e.g. iam.amazonaws.com. */
  readonly region: string | undefined
}

const region = '[a-z]{2}(?:-[a-z]+)+-\\d'
const s3 = new RegExp(`^(?:(.+)\\.)?s3(?:[.-](?:dualstack\\.)?(${region}))?\\.amazonaws\\.com$`)
const regional = new RegExp(`\\.(${region})\\.amazonaws\\.com$`)

/** undefined: no name of AWS. */
export const parseAwsHost = (host: string): AwsHost | undefined => {
  const name = host.toLowerCase().replace(/:443$/, '')
  if (!name.endsWith('.amazonaws.com')) return undefined
  const [whole, bucket, ofS3] = s3.exec(name) ?? []
  return whole === undefined
    ? { bucket: undefined, region: regional.exec(name)?.[1] }
    : { bucket, region: ofS3 }
}
