import type { Call } from '../gateway/classify.ts'
import type { Incoming } from '../gateway/incoming.ts'
import { nameS3Action } from './s3-actions.ts'

/** Names of services in signatures that policies spell otherwise.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const prefixes: Readonly<Record<string, string>> = {
  monitoring: 'cloudwatch',
  email: 'ses',
  tagging: 'tag',
  'api.pricing': 'pricing',
  elasticfilesystem: 'elasticfilesystem',
  'session.qldb': 'qldb',
}

const renamed: Readonly<Record<string, string>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  'lambda:InvokeAsync': 'lambda:InvokeFunction',
  'dynamodb:ExecuteStatement': 'dynamodb:PartiQLSelect',
  'dynamodb:TransactGetItems': 'dynamodb:GetItem',
  'dynamodb:TransactWriteItems': 'dynamodb:PutItem',
  'budgets:DescribeBudget': 'budgets:ViewBudget',
  'budgets:DescribeBudgets': 'budgets:ViewBudget',
  'budgets:CreateBudget': 'budgets:ModifyBudget',
  'budgets:UpdateBudget': 'budgets:ModifyBudget',
  'budgets:DeleteBudget': 'budgets:ModifyBudget',
  'kms:ReEncrypt': 'kms:ReEncryptFrom',
}

/** The name of a call in policies. @param operation as AWS calls it, also where the call only has a path */
export const nameAction = (call: Pick<Call, 'service'>, operation: string, incoming: Incoming): string => {
  if (call.service === 's3') return `s3:${nameS3Action(operation, /(?:^|&)versionId=/.test(incoming.query))}`
  // API Gateway's actions are the methods of HTTP.
  if (call.service === 'apigateway') return `apigateway:${incoming.method}`
  const action = `${prefixes[call.service] ?? call.service}:${operation}`
  return renamed[action] ?? action
}

/** What needs no permission. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const isFree = (action: string): boolean =>
  action === 'sts:GetCallerIdentity' || action === 'sts:GetSessionToken'
