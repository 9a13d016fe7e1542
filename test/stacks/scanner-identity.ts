import { listOf, parseDocument } from '../../iam/document.ts'
import { listStatements, type Resources } from './scanner-blocks.ts'
import { type Check, each } from './scanner-check.ts'

const allowed = (resources: Resources) =>
  listStatements(resources).filter(({ statement }) => statement.Effect === 'Allow')
const ofAllowed =
  (fails: (actions: readonly string[], onAll: boolean) => boolean) =>
  (resources: Resources): string[] =>
    allowed(resources)
      .filter(({ statement }) => {
        const actions = statement.NotAction === undefined ? listOf(statement.Action) : ['*']
        return fails(actions, listOf(statement.Resource).includes('*'))
      })
      .map(({ name }) => name)
const reads = /:(Describe|Get|List|Simulate)[A-Za-z*]*$/

export const identity: readonly Check[] = [
  {
    ids: 'CKV_AWS_62 CKV_AWS_63 CKV_AWS_1 CKV_AWS_49 IAM.1',
    requires: 'no allowance of everything on everything',
    breaks: (resources) =>
      allowed(resources)
        .filter(({ statement }) => listOf(statement.Action).some((action) => /^\*(:\*)?$/.test(action)))
        .map(({ name }) => name),
  },
  {
    ids: 'IAM.21',
    requires: 'no allowance of a whole service',
    breaks: ofAllowed((actions) => actions.some((action) => /^[a-z0-9-]+:\*$/.test(action))),
  },
  {
    ids: 'CKV_AWS_286 CKV_AWS_287 CKV_AWS_288 CKV_AWS_289 CKV_AWS_290 CKV_AWS_355',
    requires: 'no write on everything',
    breaks: ofAllowed((actions, onAll) => onAll && actions.some((action) => !reads.test(action))),
  },
  {
    ids: 'KMS.1 KMS.2',
    requires: 'no decryption with every key',
    breaks: ofAllowed(
      (actions, onAll) => onAll && actions.some((action) => /^kms:(Decrypt|ReEncrypt)/.test(action)),
    ),
  },
  {
    ids: 'AWS-0342',
    requires: 'no PassRole',
    breaks: ofAllowed((actions) => actions.some((action) => /^iam:(PassRole|\*|P\*)/.test(action))),
  },
  {
    ids: 'CKV_AWS_274 CKV2_AWS_56',
    requires: 'no AdministratorAccess, no IAMFullAccess',
    breaks: each('aws_iam_role_policy_attachment', ({ policy_arn }) =>
      /AdministratorAccess|IAMFullAccess/.test(policy_arn),
    ),
  },
  {
    ids: 'CKV_AWS_60 CKV_AWS_61',
    requires: 'no trust in everybody',
    breaks: each('aws_iam_role', ({ assume_role_policy }) =>
      listOf(parseDocument(assume_role_policy, 'trust').Statement).some(
        ({ Principal, Condition }) =>
          JSON.stringify(Principal).includes('"*"') ||
          (JSON.stringify(Principal).includes(':root') && Condition === undefined),
      ),
    ),
  },
]
