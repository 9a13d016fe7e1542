import { tag } from '../../config/names.ts'
import { type PolicyDocument, policy } from './policy.ts'

/** Ways to put code of one's own where another role runs it, without passing a role. */
const codeOfOthers = [
  'lambda:UpdateFunction*',
  'cloudformation:UpdateStack',
  'cloudformation:ExecuteChangeSet',
  'states:UpdateStateMachine',
  'batch:SubmitJob',
  'apprunner:UpdateService',
  'ecs:UpdateService',
  'ecs:RunTask',
  'ec2:ModifyLaunchTemplate',
  'ec2:CreateLaunchTemplateVersion',
] as const

/**
 * The optional second belt of the elevated role. The tag that exempts a thing cannot be set from inside a window:
 * its name begins with kiro:, which the boundary forbids to write.
 */
export const elevatedStrict = (): PolicyDocument =>
  policy(
    {
      Sid: 'CodeOfOthers',
      Effect: 'Deny',
      Action: codeOfOthers,
      Resource: '*',
      Condition: { StringNotEquals: { [`aws:ResourceTag/${tag.editable}`]: 'true' } },
    },
    {
      Sid: 'SecretValues',
      Effect: 'Deny',
      Action: [
        'secretsmanager:GetSecretValue',
        'secretsmanager:BatchGetSecretValue',
        'ssm:GetParameter',
        'ssm:GetParameters',
        'ssm:GetParameterHistory',
        'ssm:GetParametersByPath',
      ],
      NotResource: 'arn:aws:ssm:*::parameter/aws/service/*',
    },
  )
