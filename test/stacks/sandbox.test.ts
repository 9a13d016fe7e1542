import { describe, expect, test } from 'vitest'
import { policySize } from '../../stacks/access/policy.ts'
import { renderSandbox } from '../../stacks/synth.ts'
import { inputs, resources, sandboxSpec } from './specs.ts'

const json = renderSandbox(sandboxSpec, inputs)
const [machine] = resources('aws_instance', json)
const role = (name: string) => resources('aws_iam_role', json).find((one) => one.name === name)

test('the same spec gives the same bytes', () => expect(renderSandbox(sandboxSpec, inputs)).toBe(json))

describe('the machine', () => {
  test('has no key pair and no public address', () => {
    expect(machine?.key_name).toBeUndefined()
    expect(machine?.associate_public_ip_address).toBe(false)
  })

  test('gives metadata only for a token, one hop away, with tags', () => {
    expect(machine?.metadata_options).toEqual({
      http_endpoint: 'enabled',
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
      instance_metadata_tags: 'enabled',
    })
  })

  test('has an encrypted gp3 disk of the wanted size', () => {
    expect(machine?.root_block_device).toMatchObject({ volume_type: 'gp3', encrypted: true, volume_size: 30 })
    expect(machine?.root_block_device.tags).toMatchObject({ 'kiro:sandbox': 'alice', 'kiro:owner': 'alice' })
  })

  test('names its profile by literal, so that it need not wait for it', () => {
    expect(machine?.iam_instance_profile).toBe('kiro-ec2-alice')
  })

  test('gets values, not scripts, and no secret', () => {
    const userData = Buffer.from(String(machine?.user_data_base64), 'base64').toString()
    expect(userData).toContain("sandbox_user='alice'")
    expect(userData).not.toMatch(/AKIA|ASIA|secret|password|BEGIN/i)
    expect(userData.length).toBeLessThan(2048)
  })

  test('does not burn credits it has to pay for, where it has credits at all', () => {
    expect(machine?.credit_specification).toEqual({ cpu_credits: 'standard' })
    const [big] = resources(
      'aws_instance',
      renderSandbox({ ...sandboxSpec, instance: { ...sandboxSpec.instance, type: 'm7g.large' } }, inputs),
    )
    expect(big?.credit_specification).toBeUndefined()
  })
})

describe('the roles', () => {
  test.each(['kiro-readonly-alice', 'kiro-elevated-alice'])(
    '%s is open to its own instance and session name only',
    (name) => {
      const { Statement } = JSON.parse(role(name)?.assume_role_policy)
      expect(Statement).toHaveLength(1)
      expect(Statement[0]).toMatchObject({
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Condition: {
          ArnEquals: {
            'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/kiro-ec2-alice',
            'ec2:SourceInstanceARN': expect.stringMatching(/^\$\{aws_instance\..*\.arn\}$/),
          },
          StringEquals: { 'aws:Ec2InstanceSourceVpc': 'vpc-1', 'sts:RoleSessionName': 'alice' },
        },
      })
    },
  )

  test('elevated has a boundary and not one permission', () => {
    expect(role('kiro-elevated-alice')?.permissions_boundary).toMatch(/^\$\{aws_iam_policy\.roles_boundary/)
    const attached = resources('aws_iam_role_policy_attachment', json).map(({ role: to }) => to)
    expect(attached.filter((to) => String(to).includes('elevated'))).toEqual([])
    expect(resources('aws_iam_role_policy', json).map(({ name }) => name)).toEqual(['kiro-instance'])
  })

  test('readonly cannot be widened past ReadOnlyAccess', () => {
    expect(role('kiro-readonly-alice')?.permissions_boundary).toBe('arn:aws:iam::aws:policy/ReadOnlyAccess')
  })

  test('the instance role may become its own two roles and nobody else', () => {
    const [policy] = resources('aws_iam_role_policy', json)
    const allows = JSON.parse(policy?.policy).Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === 'Allow',
    )
    const assume = allows.find(({ Action }: { Action: string }) => Action === 'sts:AssumeRole')
    expect(assume.Resource).toEqual([
      'arn:aws:iam::111122223333:role/kiro-readonly-alice',
      'arn:aws:iam::111122223333:role/kiro-elevated-alice',
    ])
    const actions = allows.flatMap(({ Action }: { Action: string | string[] }) => Action)
    expect(
      actions.filter((action: string) =>
        /^(ssm:GetParameter|iam:|s3:|secretsmanager:|ec2:|logs:(?!CreateLogStream|DescribeLog|PutLogEvents))/.test(
          action,
        ),
      ),
    ).toEqual([])
  })

  test('sessions last an hour at most, because chained ones cannot last longer', () => {
    for (const one of resources('aws_iam_role', json)) expect(one.max_session_duration).toBe(3600)
  })

  test('no policy is near its quota', () => {
    for (const { policy } of resources('aws_iam_policy', json))
      expect(policySize(JSON.parse(policy))).toBeLessThan(6144)
  })
})

test('the spec is an output, so that down and status rebuild the same stack', () => {
  const { output } = JSON.parse(json) as { output: Record<string, { value: string }> }
  expect(JSON.parse(output.spec?.value ?? '')).toEqual(sandboxSpec)
})

test('everything is tagged with its engineer', () => {
  const { provider } = JSON.parse(json) as { provider: { aws: unknown[] } }
  expect(provider.aws).toMatchObject([
    {
      allowed_account_ids: ['111122223333'],
      default_tags: [{ tags: { 'kiro:sandbox': 'alice', 'kiro:owner': 'alice' } }],
    },
  ])
})
