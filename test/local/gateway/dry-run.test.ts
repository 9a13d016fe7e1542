import { expect, test } from 'vitest'
import type { Call } from '../../../local/gateway/classify.ts'
import { decideDryRun } from '../../../local/gateway/dry-run.ts'

const call = (operation: string, service = 'ec2'): Call => ({
  ...{ service, operation, region: 'us-west-2', protocol: 'ec2', label: `${service}/${operation}` },
})
const asked = (text: string, query = '') => ({ body: Buffer.from(text), query })

test.each([
  ['CreateVpc', 'Action=CreateVpc&DryRun=true'],
  ['CreateVpc', 'Action=CreateVpc&DryRun=True'],
  ['DeleteVpc', 'DryRun=true&Action=DeleteVpc'],
])('%s that was only asked about (%s) is not done', (operation, text) => {
  expect(decideDryRun(call(operation), asked(text))).toMatchObject({ status: 412, code: 'DryRunOperation' })
})

test.each([
  ['a call that is meant', call('CreateVpc'), 'Action=CreateVpc&DryRun=false'],
  ['one without the flag', call('CreateVpc'), 'Action=CreateVpc&Description=DryRun'],
  ['a read', call('DescribeVpcs'), 'DryRun=true'],
  ['one that moto rehearses itself', call('RunInstances'), 'DryRun=true'],
  ['another service', call('CreateRole', 'iam'), 'DryRun=true'],
])('%s goes its way', (_what, one, text) => expect(decideDryRun(one, asked(text))).toBeUndefined())
