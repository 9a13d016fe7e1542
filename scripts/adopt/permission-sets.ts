import * as z from 'zod'
import { names, tag } from '../../config/names.ts'
import { awsCall } from '../aws/call.ts'
import { askJson } from '../aws/signed-call.ts'
import type { SdkConfig } from '../target.ts'
import type { DeclaredResource, Import } from './imports.ts'

const arns = z.array(z.string())
const set = z.object({ Name: z.string() })
const tags = z.array(z.object({ Key: z.string(), Value: z.string() }))
const assignments = z.array(z.object({ PrincipalId: z.string(), PrincipalType: z.string() }))
const attached = z.array(z.object({ Arn: z.string() }))

/** @param operation of https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html */
const ask = (sdk: SdkConfig, operation: string, input: object) =>
  awsCall(`ask Identity Center (${operation})`, () =>
    askJson(sdk, 'sso', ['SWBExternalService', operation], { ...input }),
  )

/** Permission sets of ours by name: a set of others that is called alike is not taken over. */
const listOwn = async (sdk: SdkConfig, InstanceArn: string): Promise<Map<string, string>> => {
  const own = new Map<string, string>()
  let NextToken: unknown
  do {
    const page = await ask(sdk, 'ListPermissionSets', { InstanceArn, MaxResults: 100, NextToken })
    for (const PermissionSetArn of arns.parse(page.PermissionSets ?? [])) {
      const of = { InstanceArn, PermissionSetArn }
      const { PermissionSet } = await ask(sdk, 'DescribePermissionSet', of)
      const { Tags } = await ask(sdk, 'ListTagsForResource', { InstanceArn, ResourceArn: PermissionSetArn })
      const ours = tags
        .parse(Tags ?? [])
        .some(({ Key, Value }) => Key === tag.component && Value === names.laptop.stack)
      if (ours) own.set(set.parse(PermissionSet).Name, PermissionSetArn)
    }
    NextToken = page.NextToken ?? undefined
  } while (NextToken !== undefined)
  return own
}

/** What stands in the way of a second attempt, or of removing the set. The rest goes with it. */
const findParts = async (
  sdk: SdkConfig,
  InstanceArn: string,
  PermissionSetArn: string,
  parts: readonly DeclaredResource[],
): Promise<Import[]> => {
  const of = { InstanceArn, PermissionSetArn }
  const { AttachedManagedPolicies } = await ask(sdk, 'ListManagedPoliciesInPermissionSet', of)
  const policies = attached.parse(AttachedManagedPolicies ?? []).map(({ Arn }) => Arn)
  const found: Import[] = []
  for (const { type, address, block } of parts) {
    const end = `${PermissionSetArn},${InstanceArn}`
    if (type === 'aws_ssoadmin_managed_policy_attachment') {
      const arn = String(block.managed_policy_arn)
      if (policies.includes(arn)) found.push({ to: address, id: `${arn},${end}` })
    } else if (type === 'aws_ssoadmin_account_assignment') {
      const AccountId = String(block.target_id)
      const { AccountAssignments } = await ask(sdk, 'ListAccountAssignments', { ...of, AccountId })
      const has = assignments
        .parse(AccountAssignments ?? [])
        .some(({ PrincipalId }) => PrincipalId === block.principal_id)
      if (has) found.push({ to: address, id: `${block.principal_id},GROUP,${AccountId},AWS_ACCOUNT,${end}` })
    }
  }
  return found
}

/** What of the permission sets of laptops is there, as Terraform imports it. */
export const findPermissionSets = async (
  sdk: SdkConfig,
  declared: readonly DeclaredResource[],
): Promise<Import[]> => {
  const sets = declared.filter(({ type }) => type === 'aws_ssoadmin_permission_set')
  if (sets.length === 0) return []
  const { Instances } = await ask(sdk, 'ListInstances', {})
  const [instance] = z.array(z.object({ InstanceArn: z.string() })).parse(Instances ?? [])
  if (instance === undefined) return []
  const own = await listOwn(sdk, instance.InstanceArn)
  const found = sets.map(async ({ address, block }): Promise<Import[]> => {
    const arn = own.get(String(block.name))
    if (arn === undefined) return []
    const parts = declared.filter(
      ({ block: { permission_set_arn } }) => permission_set_arn === `\${${address}.arn}`,
    )
    return [
      { to: address, id: `${arn},${instance.InstanceArn}` },
      ...(await findParts(sdk, instance.InstanceArn, arn, parts)),
    ]
  })
  return (await Promise.all(found)).flat()
}
