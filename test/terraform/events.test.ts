import { describe, expect, test } from 'vitest'
import { listDeclared, listStateAddresses, renderAsFound } from '../../scripts/adopt/imports.ts'
import { parseTerraformLine, RunReport } from '../../scripts/terraform/events.ts'
import { explainFailure, parseLockInfo, renderAge } from '../../scripts/terraform/failure.ts'
import { planLabels } from '../../scripts/terraform/labels.ts'
import { renderEvent } from '../../scripts/terraform/progress.ts'

const resource = { addr: 'aws_iam_role.roles_readonly_75A20C1E', resource_type: 'aws_iam_role' }
const labels = new Map([[resource.addr, 'iam role roles/readonly']])
const line = (event: object) => JSON.stringify({ '@level': 'info', '@message': 'x', ...event })

describe('lines of terraform -json', () => {
  test('a finished resource is one calm line with its id and seconds', () => {
    const event = parseTerraformLine(
      line({
        type: 'apply_complete',
        hook: { resource, action: 'create', id_value: 'kiro-readonly-alice', elapsed_seconds: 2 },
      }),
    )
    expect(event && renderEvent(event, labels)).toBe('  + iam role roles/readonly  kiro-readonly-alice  (2s)')
  })

  test.each([
    [{ type: 'version', terraform: '1.11.4' }],
    [{ type: 'refresh_start', hook: { resource } }],
    [{ type: 'something_new', data: 1 }],
  ])('%j is not for people', (event) => expect(parseTerraformLine(line(event))).toBeUndefined())

  test('reading a data source is not told', () => {
    const event = parseTerraformLine(
      line({ type: 'apply_complete', hook: { resource, action: 'read', elapsed_seconds: 0 } }),
    )
    expect(event && renderEvent(event, labels)).toBeUndefined()
  })

  test('a line that is no JSON, such as a crash, is kept', () => {
    expect(parseTerraformLine('panic: runtime error')).toMatchObject({
      type: 'diagnostic',
      diagnostic: { summary: 'panic: runtime error' },
    })
  })

  test('a plan with an output that changes does not count as unchanged', () => {
    const report = new RunReport()
    expect(report.changesNothing).toBe(true)
    report.add({ type: 'outputs', outputs: { spec: { action: 'noop' } } })
    expect(report.changesNothing).toBe(true)
    report.add({ type: 'outputs', outputs: { spec: { action: 'update' } } })
    expect(report.changesNothing).toBe(false)
  })
})

const lockDetail = `operation error S3: PutObject, StatusCode: 412, api error PreconditionFailed

Lock Info:
  ID:        e8b9a9c8-1111-2222-3333-444455556666
  Path:      bucket/sandbox-alice/terraform.tfstate
  Operation: OperationTypeApply
  Who:       bob@laptop
  Version:   1.11.4
  Created:   2026-11-22 19:40:00.123456789 +0000 UTC
  Info:

Terraform acquires a state lock to protect the state.`

const failed = (diagnostics: object[], created: string[] = []) => {
  const report = new RunReport()
  for (const diagnostic of diagnostics) {
    const event = parseTerraformLine(
      line({ type: 'diagnostic', diagnostic: { severity: 'error', ...diagnostic } }),
    )
    if (event) report.add(event)
  }
  for (const addr of created)
    report.add({ type: 'apply_complete', hook: { resource: { addr, resource_type: '' }, action: 'create' } })
  const now = Date.parse('2026-11-22T19:42:00Z')
  return explainFailure({
    stack: 'sandbox-alice',
    report,
    labels,
    exitCode: 1,
    signal: null,
    now,
    command: 'npm run sandbox:up -- --user alice',
  })
}

describe('what a person is told when Terraform fails', () => {
  test('a lock: who, since when, what to type', () => {
    const error = failed([{ summary: 'Error acquiring the state lock', detail: lockDetail }])
    expect(error.message).toBe('sandbox-alice is locked by bob@laptop, who started apply 2 min ago')
    expect(error.hint).toContain(
      'npm run sandbox:up -- --user alice --unlock e8b9a9c8-1111-2222-3333-444455556666',
    )
  })

  test("the provider's words, the resource by its short name, and what exists already", () => {
    const error = failed(
      [{ summary: 'creating IAM Role: EntityAlreadyExists', detail: '', address: resource.addr }],
      [resource.addr],
    )
    expect(error.message).toContain('iam role roles/readonly: creating IAM Role: EntityAlreadyExists')
    expect(error.message).toContain('already made: iam role roles/readonly')
  })

  test.each([
    [{ summary: 'write state: no space left on device', detail: '' }, 'free some space'],
    [
      { summary: 'creating EC2 Instance: UnauthorizedOperation: You are not authorized', detail: '' },
      'permission',
    ],
    [{ summary: 'reading: ExpiredToken', detail: '' }, 'aws sso login'],
    [{ summary: 'something unheard of', detail: '' }, 'run the same command again'],
  ])('%j', (diagnostic, hint) => expect(failed([diagnostic]).hint).toContain(hint))

  test('no lock information is no lock', () => expect(parseLockInfo('something else')).toBeUndefined())
})

describe('how old a lock is', () => {
  const now = Date.parse('2026-11-22T20:00:00Z')
  test.each([
    ['2026-11-22 19:59:30.5 +0000 UTC', '30 s ago'],
    ['2026-11-22T19:40:00.123456789Z', '20 min ago'],
    ['2026-11-22T10:00:00Z', '10 h ago'],
    ['2026-11-22T21:00:00Z', 'by a clock ahead of ours'],
    ['yesterday', 'at an unknown time'],
  ])('%s', (created, age) => expect(renderAge(created, now)).toContain(age))
})

describe('taking over what a dead run left', () => {
  const json = JSON.stringify({
    resource: {
      aws_iam_role: {
        r1: { name: 'kiro-ec2-alice', '//': { metadata: { path: 'sandbox-alice/instance-role/role' } } },
      },
      aws_iam_role_policy: { p1: { name: 'kiro-instance', role: '${aws_iam_role.r1.name}' } },
    },
  })

  test('references to names are resolved, others stay', () => {
    expect(listDeclared(json)).toMatchObject([
      { address: 'aws_iam_role.r1', block: { name: 'kiro-ec2-alice' } },
      { address: 'aws_iam_role_policy.p1', block: { role: 'kiro-ec2-alice' } },
    ])
  })

  test('labels come from the construct paths', () => {
    expect(planLabels(json).get('aws_iam_role.r1')).toBe('iam role instance-role/role')
  })

  test('only managed resources of a state count as known', () => {
    const state = {
      resources: [
        { mode: 'managed', type: 'aws_vpc', name: 'vpc' },
        { mode: 'data', type: 'aws_zones', name: 'z' },
      ],
    }
    expect([...listStateAddresses(JSON.stringify(state))]).toEqual(['aws_vpc.vpc'])
    expect(listStateAddresses('{}').size).toBe(0)
  })

  test('what is only taken in to be removed is not changed first', () => {
    const found = JSON.parse(renderAsFound(json, new Set(['aws_iam_role.r1'])))
    expect(found.resource.aws_iam_role.r1.lifecycle).toEqual({ ignore_changes: 'all' })
    expect(found.resource.aws_iam_role_policy.p1.lifecycle).toBeUndefined()
  })
})
