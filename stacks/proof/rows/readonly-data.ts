import { about, allows, denies, type Row, when } from '../row.ts'

const table = 'arn:aws:dynamodb:{region}:{account}:table/payroll'
const pool = 'arn:aws:cognito-idp:{region}:{account}:userpool/{region}_Ab12Cd34E'
const repository = 'arn:aws:codecommit:{region}:{account}:payroll'
const logGroup = 'arn:aws:logs:{region}:{account}:log-group:/payroll/app'

const objects = about('readonly', 'reads: objects', [
  denies('Objects', 's3:GetObject', 'arn:aws:s3:::kiro-proof-payroll/2026/salaries.csv'),
  denies('Objects', 's3:GetObjectVersion', 'arn:aws:s3:::kiro-proof-payroll/2026/salaries.csv'),
  denies('Objects', 's3:GetObject', 'arn:aws:s3:::{state}/sandbox-{other}/terraform.tfstate', {
    says: "another engineer's state",
  }),
  denies('Objects', 's3:GetObject', 'arn:aws:s3:::kiro-proof-opened/report.csv'),
  denies('Objects', 's3:GetObjectTorrent', 'arn:aws:s3:::kiro-proof-payroll/x'),
  denies('Objects', 'ebs:GetSnapshotBlock', 'arn:aws:ec2:{region}::snapshot/snap-0a1b2c3d'),
  denies('Objects', 'ebs:ListSnapshotBlocks', 'arn:aws:ec2:{region}::snapshot/snap-0a1b2c3d'),
  denies('Objects', 's3tables:GetTableData', 'arn:aws:s3tables:{region}:{account}:bucket/b/table/t'),
  denies('Objects', 'workdocs:GetDocument'),
  denies('Objects', 'workdocs:DescribeDocumentVersions', '*', { says: 'links that lead to the content' }),
  denies('Objects', 'glacier:GetJobOutput', 'arn:aws:glacier:{region}:{account}:vaults/v'),
  ...when({ says: 'access.readonly.readBuckets', variant: 'opened' }, [
    allows('ReadOnlyAccess', 's3:GetObject', 'arn:aws:s3:::kiro-proof-opened/report.csv'),
    denies('Objects', 's3:GetObject', 'arn:aws:s3:::kiro-proof-opened-not/report.csv'),
    denies('Objects', 's3:GetObject', 'arn:aws:s3:::kiro-proof-payroll/2026/salaries.csv'),
  ]),
  allows('ReadOnlyAccess', 's3:ListAllMyBuckets'),
  allows('ReadOnlyAccess', 's3:ListBucket', 'arn:aws:s3:::kiro-proof-payroll'),
  allows('ReadOnlyAccess', 's3:GetBucketPolicy', 'arn:aws:s3:::kiro-proof-payroll'),
])

const databases = about('readonly', 'reads: records', [
  denies('Databases', 'dynamodb:GetItem', table),
  denies('Databases', 'dynamodb:BatchGetItem', table),
  denies('Databases', 'dynamodb:Query', table),
  denies('Databases', 'dynamodb:Scan', table),
  denies('Databases', 'dynamodb:PartiQLSelect', table),
  denies('Databases', 'dynamodb:GetRecords', `${table}/stream/2026-01-01T00:00:00.000`),
  denies('Databases', 'athena:GetQueryResults', 'arn:aws:athena:{region}:{account}:workgroup/primary'),
  denies('Databases', 'rds-data:ExecuteStatement', 'arn:aws:rds:{region}:{account}:cluster:c'),
  denies('Databases', 'redshift-data:GetStatementResult'),
  denies('Databases', 'rds:DownloadDBLogFilePortion', 'arn:aws:rds:{region}:{account}:db:d'),
  denies('Databases', 'es:ESHttpGet', 'arn:aws:es:{region}:{account}:domain/d/_search'),
  denies('Databases', 'timestream:Select', 'arn:aws:timestream:{region}:{account}:database/d/table/t'),
  allows('ReadOnlyAccess', 'dynamodb:DescribeTable', table),
  allows('ReadOnlyAccess', 'rds:DescribeDBInstances', 'arn:aws:rds:{region}:{account}:db:d'),
])

const streams = about('readonly', 'reads: messages', [
  denies('Streams', 'sqs:ReceiveMessage', 'arn:aws:sqs:{region}:{account}:payroll'),
  denies('Streams', 'kinesis:GetRecords', 'arn:aws:kinesis:{region}:{account}:stream/s'),
  denies('Streams', 'kinesis:SubscribeToShard', 'arn:aws:kinesis:{region}:{account}:stream/s'),
  denies('Streams', 'kinesisvideo:GetMedia', 'arn:aws:kinesisvideo:{region}:{account}:stream/s/1'),
  denies('Streams', 'iot:GetThingShadow', 'arn:aws:iot:{region}:{account}:thing/t'),
  denies('Streams', 'support:DescribeCommunications'),
  denies('Streams', 'ec2messages:GetMessages', '*', { says: 'commands meant for instances' }),
  denies('Streams', 'dsql:GetStream', 'arn:aws:dsql:{region}:{account}:cluster/c'),
  allows('ReadOnlyAccess', 'sqs:GetQueueAttributes', 'arn:aws:sqs:{region}:{account}:payroll'),
])

const code = about('readonly', 'reads: code of others', [
  denies('Code', 'codecommit:GitPull', repository),
  denies('Code', 'codecommit:GetFile', repository),
  denies('Code', 'codecommit:BatchGetCommits', repository),
  denies('Code', 'ecr:BatchGetImage', 'arn:aws:ecr:{region}:{account}:repository/payroll'),
  denies('Code', 'ecr:GetDownloadUrlForLayer', 'arn:aws:ecr:{region}:{account}:repository/payroll'),
  denies('Code', 'codeartifact:ReadFromRepository', 'arn:aws:codeartifact:{region}:{account}:repository/d/r'),
  allows('ReadOnlyAccess', 'ecr:DescribeImages', 'arn:aws:ecr:{region}:{account}:repository/payroll'),
])

const people = about('readonly', 'reads: people', [
  denies('People', 'cognito-idp:ListUsers', pool),
  denies('People', 'cognito-idp:AdminGetUser', pool),
  denies('People', 'identitystore:ListUsers', 'arn:aws:identitystore::{account}:identitystore/d-1'),
  denies('People', 'sso-directory:SearchUsers'),
  denies('People', 'connect:ListUsers', 'arn:aws:connect:{region}:{account}:instance/i'),
  denies('People', 'workmail:ListUsers', 'arn:aws:workmail:{region}:{account}:organization/m-1'),
  denies('People', 'macie2:GetFindings'),
])

/** Whoever looks for a fault needs its log, so logs are a switch. */
const logs = about('readonly', 'reads: logs, by setting', [
  ...when({ says: 'as shipped', variant: 'shipped' }, [
    allows('ReadOnlyAccess', 'logs:GetLogEvents', `${logGroup}:log-stream:s`),
    allows('ReadOnlyAccess', 'logs:FilterLogEvents', logGroup),
    allows('ReadOnlyAccess', 'cloudtrail:LookupEvents'),
  ]),
  ...when({ says: 'group logs denied', variant: 'all denied' }, [
    denies('Logs', 'logs:GetLogEvents', `${logGroup}:log-stream:s`),
    denies('Logs', 'logs:FilterLogEvents', logGroup),
    denies('Logs', 'logs:StartQuery', logGroup),
    denies('Logs', 'cloudtrail:LookupEvents'),
    denies('Logs', 'xray:BatchGetTraces'),
  ]),
])

export const readonlyData: readonly Row[] = [
  ...objects,
  ...databases,
  ...streams,
  ...code,
  ...people,
  ...logs,
]
