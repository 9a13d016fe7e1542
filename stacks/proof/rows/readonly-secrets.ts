import { about, allows, denies, type Row, when } from '../row.ts'

const secret = 'arn:aws:secretsmanager:{region}:{account}:secret:payroll-Ab12Cd'
const parameter = 'arn:aws:ssm:{region}:{account}:parameter/payroll/database'
const lambda = 'arn:aws:lambda:{region}:{account}:function:payroll'
const pool = 'arn:aws:cognito-idp:{region}:{account}:userpool/{region}_Ab12Cd34E'

/** Actions that hand out tokens, keys and passwords. */
const credentials = about('readonly', 'reads: credentials', [
  denies('Credentials', 'secretsmanager:GetSecretValue', secret),
  denies('Credentials', 'secretsmanager:BatchGetSecretValue'),
  denies('Credentials', 'sts:AssumeRole', 'arn:aws:iam::{account}:role/deploy'),
  denies('Credentials', 'sts:AssumeRole', '{elevated}', { says: 'its own elevated role' }),
  denies('Credentials', 'sts:GetFederationToken', 'arn:aws:sts::{account}:federated-user/x'),
  denies('Credentials', 'sts:GetSessionToken'),
  denies('Credentials', 'ssm:GetAccessToken', 'arn:aws:ssm:{region}:{account}:opsitem/oi-1'),
  denies('Credentials', 'ec2:GetPasswordData', '{instance}'),
  denies('Credentials', 'ec2:DescribeVpnConnections'),
  denies('Credentials', 'ecr:GetAuthorizationToken'),
  denies(
    'Credentials',
    'codeartifact:GetAuthorizationToken',
    'arn:aws:codeartifact:{region}:{account}:domain/d',
  ),
  denies('Credentials', 'eks:AccessKubernetesApi', 'arn:aws:eks:{region}:{account}:cluster/payroll'),
  denies('Credentials', 'cognito-idp:DescribeUserPoolClient', pool),
  denies('Credentials', 'cognito-idp:GetTokensFromRefreshToken', pool),
  denies('Credentials', 'cognito-identity:GetCredentialsForIdentity'),
  denies('Credentials', 'appsync:ListApiKeys', 'arn:aws:appsync:{region}:{account}:apis/x'),
  denies(
    'Credentials',
    'directconnect:DescribeVirtualInterfaces',
    'arn:aws:directconnect:{region}:{account}:dxvif/v',
  ),
  denies('Credentials', 'gamelift:GetInstanceAccess', 'arn:aws:gamelift:{region}:{account}:fleet/f'),
  denies('Credentials', 'glue:GetConnections', 'arn:aws:glue:{region}:{account}:connection/c'),
  denies('Credentials', 'lightsail:GetBucketAccessKeys', 'arn:aws:lightsail:{region}:{account}:Bucket/b'),
  denies('Credentials', 'redshift:GetClusterCredentials', 'arn:aws:redshift:{region}:{account}:dbuser:c/u'),
  denies(
    'Credentials',
    's3express:CreateSession',
    'arn:aws:s3express:{region}:{account}:bucket/b--usw2-az1--x-s3',
    {
      says: 'read-only session of a directory bucket',
      keys: { 's3express:SessionMode': 'ReadOnly' },
    },
  ),
  denies('Credentials', 'sso-directory:ListBearerTokens'),
  denies('Credentials', 'cognito-idp:ListUserPoolClientSecrets', pool),
  denies('Credentials', 'license-manager:GetAccessToken'),
  denies('Credentials', 'cloudwatch:GetSpaceCredentials'),
  denies('Credentials', 'connect:GetFederationToken', 'arn:aws:connect:{region}:{account}:instance/i/user/u'),
  denies('ApiKeys', 'apigateway:GET', 'arn:aws:apigateway:{region}::/apikeys/ab12'),
  denies('ApiKeys', 'apigateway:GET', 'arn:aws:apigateway:{region}::/usageplans/p/keys/k'),
  allows('ReadOnlyAccess', 'apigateway:GET', 'arn:aws:apigateway:{region}::/restapis/r'),
])

/** Configuration in which people keep secrets. */
const configuration = about('readonly', 'reads: configuration with secrets', [
  denies('ConfigWithSecrets', 'lambda:GetFunction', lambda),
  denies('ConfigWithSecrets', 'lambda:GetFunctionConfiguration', lambda),
  denies('ConfigWithSecrets', 'lambda:ListFunctions'),
  denies('ConfigWithSecrets', 'lambda:GetLayerVersion', 'arn:aws:lambda:{region}:{account}:layer:l:1'),
  denies('ConfigWithSecrets', 'ec2:DescribeInstanceAttribute', '{instance}'),
  denies('ConfigWithSecrets', 'ec2:DescribeLaunchTemplateVersions'),
  denies('ConfigWithSecrets', 'ec2:GetLaunchTemplateData', '{instance}'),
  denies('ConfigWithSecrets', 'ec2:GetConsoleOutput', '{instance}'),
  denies('ConfigWithSecrets', 'ec2:GetConsoleScreenshot', '{instance}'),
  denies('ConfigWithSecrets', 'ecs:DescribeTaskDefinition'),
  denies('ConfigWithSecrets', 'batch:DescribeJobDefinitions'),
  denies(
    'ConfigWithSecrets',
    'cloudformation:GetTemplate',
    'arn:aws:cloudformation:{region}:{account}:stack/s/1',
  ),
  denies('ConfigWithSecrets', 'codebuild:BatchGetProjects', 'arn:aws:codebuild:{region}:{account}:project/p'),
  denies('ConfigWithSecrets', 'config:GetResourceConfigHistory'),
  denies('ConfigWithSecrets', 'config:SelectResourceConfig'),
  denies('ConfigWithSecrets', 'glue:GetJob', 'arn:aws:glue:{region}:{account}:job/j'),
  denies(
    'ConfigWithSecrets',
    'states:GetExecutionHistory',
    'arn:aws:states:{region}:{account}:execution:m:e',
  ),
  denies('ConfigWithSecrets', 'ssm:GetCommandInvocation'),
  denies('ConfigWithSecrets', 'ssm:ListCommands'),
  denies(
    'ConfigWithSecrets',
    'apprunner:DescribeService',
    'arn:aws:apprunner:{region}:{account}:service/s/1',
  ),
  denies(
    'ConfigWithSecrets',
    'elasticbeanstalk:DescribeConfigurationSettings',
    'arn:aws:elasticbeanstalk:{region}:{account}:environment/a/e',
  ),
  denies('ConfigWithSecrets', 'iot:GetJobDocument', 'arn:aws:iot:{region}:{account}:job/j'),
  denies('ConfigWithSecrets', 'amplify:GetApp', 'arn:aws:amplify:{region}:{account}:apps/a'),
])

const parameters = about('readonly', 'reads: parameters', [
  denies('Parameters', 'ssm:GetParameter', parameter),
  denies('Parameters', 'ssm:GetParameters', parameter),
  denies('Parameters', 'ssm:GetParametersByPath', 'arn:aws:ssm:{region}:{account}:parameter/payroll'),
  denies('Parameters', 'ssm:GetParameterHistory', parameter),
  denies(
    'Parameters',
    'ssm:GetParameter',
    'arn:aws:ssm:{region}:{account}:parameter/kiro-sandbox/default/image/current',
  ),
  denies('Parameters', 'ssm:GetParameter', 'arn:aws:ssm:{region}:{account}:parameter/aws/service/fake', {
    says: 'a name like a public one, in our account',
  }),
  allows(
    'ReadOnlyAccess',
    'ssm:GetParameter',
    'arn:aws:ssm:{region}::parameter/aws/service/ami-amazon-linux-latest/x',
    {
      says: 'a public parameter of AWS',
    },
  ),
  allows('ReadOnlyAccess', 'ssm:DescribeParameters'),
])

/** The settings take single actions out of a group by name. */
const opened = about(
  'readonly',
  'reads: what settings open',
  when({ says: 'access.readonly.allow', variant: 'opened' }, [
    allows('ReadOnlyAccess', 'lambda:ListFunctions'),
    denies('ConfigWithSecrets', 'lambda:GetFunction', lambda),
    allows('ReadOnlyAccess', 'codecommit:GetFile', 'arn:aws:codecommit:{region}:{account}:repo'),
    denies('Code', 'codecommit:GetBlob', 'arn:aws:codecommit:{region}:{account}:repo'),
    denies('Code', 'codecommit:GitPull', 'arn:aws:codecommit:{region}:{account}:repo'),
  ]),
)

export const readonlySecrets: readonly Row[] = [...credentials, ...configuration, ...parameters, ...opened]
