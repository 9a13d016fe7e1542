import type { JournalRecord } from '../gateway/journal.ts'

export interface Resource {
  readonly ResourceType: string
  readonly ResourceName: string
}

/** Ids of EC2 tell what they are. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/aws-resource-lookup.html */
const byPrefix: Readonly<Record<string, string>> = {
  i: 'AWS::EC2::Instance',
  mi: 'AWS::SSM::ManagedInstance',
  ami: 'AWS::EC2::Ami',
  vol: 'AWS::EC2::Volume',
  snap: 'AWS::EC2::Snapshot',
  vpc: 'AWS::EC2::VPC',
  subnet: 'AWS::EC2::Subnet',
  sg: 'AWS::EC2::SecurityGroup',
  eni: 'AWS::EC2::NetworkInterface',
  rtb: 'AWS::EC2::RouteTable',
  igw: 'AWS::EC2::InternetGateway',
  nat: 'AWS::EC2::NatGateway',
  lt: 'AWS::EC2::LaunchTemplate',
  vpce: 'AWS::EC2::VPCEndpoint',
  eice: 'AWS::EC2::InstanceConnectEndpoint',
}

const byMember: Readonly<Record<string, string>> = {
  RoleName: 'AWS::IAM::Role',
  RoleArn: 'AWS::IAM::Role',
  UserName: 'AWS::IAM::User',
  PolicyArn: 'AWS::IAM::Policy',
  InstanceProfileName: 'AWS::IAM::InstanceProfile',
  AccessKeyId: 'AWS::IAM::AccessKey',
  bucket: 'AWS::S3::Bucket',
  StackName: 'AWS::CloudFormation::Stack',
  logGroupName: 'AWS::Logs::LogGroup',
  KeyId: 'AWS::KMS::Key',
  DocumentName: 'AWS::SSM::Document',
  AssumedRoleArn: 'AWS::STS::AssumedRole',
}

const idPattern = /^([a-z]{1,6})-[0-9a-f]{8}(?:[0-9a-f]{9})?$/

const typeOf = (member: string, value: string): string | undefined => {
  const prefix = idPattern.exec(value)?.[1]
  return (prefix === undefined ? undefined : byPrefix[prefix]) ?? byMember[member]
}

/** `InstanceId.1` and `InstanceIds` -> [name, value] pairs, however deep. */
const flatten = (member: string, value: unknown): readonly (readonly [string, string])[] => {
  if (typeof value === 'string') return [[member.split('.')[0] as string, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => flatten(Array.isArray(value) ? member : key, inner))
}

/** Names that tell what they are by themselves. */
const memberOf = (value: string): string =>
  value.startsWith('arn:aws:sts:') ? 'AssumedRoleArn' : /^A[KS]IA/.test(value) ? 'AccessKeyId' : ''

/** What a call was about, by what it asked and by what it was answered. */
export const planResources = ({
  parameters,
  made = [],
}: Pick<JournalRecord, 'parameters' | 'made'>): readonly Resource[] => {
  const found = new Map<string, Resource>()
  const answered = made.map((value) => [memberOf(value), value] as const)
  for (const [member, value] of [...flatten('', parameters), ...answered]) {
    const ResourceType = typeOf(member, value)
    if (ResourceType !== undefined) found.set(value, { ResourceType, ResourceName: value })
  }
  return [...found.values()]
}
