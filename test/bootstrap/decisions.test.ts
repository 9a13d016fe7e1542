import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { explainAwsError } from '../../scripts/aws/call.ts'
import { type BootstrapFacts, decideStep, explainFailed } from '../../scripts/bootstrap/decide.ts'
import { planChanges, renderPlanned } from '../../scripts/bootstrap/render.ts'
import { renderTemplate } from '../../scripts/bootstrap/template.ts'
import { decideStateKey } from '../../scripts/doctor/state-key.ts'

const bucket = names.stateBucket('111122223333', 'us-west-2')
const facts = (more: Partial<BootstrapFacts>): BootstrapFacts => ({
  ...{ status: undefined, reason: undefined, region: 'us-west-2', key: undefined },
  bucket: { bucket, kind: 'ours', region: undefined },
  ...more,
})
const key = (state: string, deletesAt?: string) => ({ id: 'k-1', state, deletesAt })

describe('the next step follows from what is there', () => {
  test.each([
    [undefined, { kind: 'change', type: 'CREATE' }],
    ['REVIEW_IN_PROGRESS', { kind: 'change', type: 'CREATE' }],
    ['CREATE_COMPLETE', { kind: 'change', type: 'UPDATE' }],
    ['UPDATE_ROLLBACK_COMPLETE', { kind: 'change', type: 'UPDATE' }],
    ['CREATE_IN_PROGRESS', { kind: 'wait', status: 'CREATE_IN_PROGRESS' }],
    ['DELETE_IN_PROGRESS', { kind: 'wait', status: 'DELETE_IN_PROGRESS' }],
    ['ROLLBACK_COMPLETE', { kind: 'removeFailed', status: 'ROLLBACK_COMPLETE' }],
    ['ROLLBACK_FAILED', { kind: 'removeFailed', status: 'ROLLBACK_FAILED' }],
    ['CREATE_FAILED', { kind: 'removeFailed', status: 'CREATE_FAILED' }],
    ['DELETE_FAILED', { kind: 'finishDeletion' }],
    ['UPDATE_ROLLBACK_FAILED', { kind: 'continueRollback' }],
  ] as const)('%s', (status, step) => expect(decideStep(facts({ status }))).toEqual(step))

  test('a status that nobody here knows is for a person', () => {
    expect(() => decideStep(facts({ status: 'IMPORT_ROLLBACK_FAILED', reason: 'odd' }))).toThrow(
      'is in IMPORT_ROLLBACK_FAILED: odd',
    )
  })

  test('a key that is about to go is kept before anything is planned: CloudFormation would make another', () => {
    const going = key('PendingDeletion', '2026-12-28T00:00:00.000Z')
    expect(decideStep(facts({ status: 'CREATE_COMPLETE', key: going }))).toEqual({
      ...{ kind: 'reviveKey', key: going },
    })
    expect(decideStep(facts({ status: 'CREATE_COMPLETE', key: key('Enabled') })).kind).toBe('change')
  })

  test('a name that another account has is refused before anything is made', () => {
    const taken = { bucket, kind: 'somebodys', region: undefined } as const
    expect(() => decideStep(facts({ bucket: taken }))).toThrow(
      `the name ${bucket} is taken by another account`,
    )
  })
})

describe('a failure says which permission is missing', () => {
  test.each([
    [
      'StateBucket: Resource handler returned message: "User: arn:aws:iam::1:user/a is not authorized to perform: s3:PutEncryptionConfiguration on resource: ..." (HandlerErrorCode: AccessDenied)',
      /ask for the permission s3:PutEncryptionConfiguration/,
    ],
    ['StateKey: You have reached the limit of keys', /when the cause is gone/],
  ])('%s', (reason, hint) => {
    const cancelled = 'LogBucket: Resource creation cancelled'
    const error = explainFailed('ROLLBACK_COMPLETE', ['Resource creation cancelled', reason, cancelled])
    expect(error.message).toBe(`CloudFormation ended in ROLLBACK_COMPLETE: ${reason}`)
    expect(error.hint).toMatch(hint)
  })

  test('what KMS says through S3 is said of the key', () => {
    const refused = Object.assign(new Error('arn:aws:kms:... is pending deletion.'), {
      name: 'KMS.KMSInvalidStateException',
      $metadata: {},
    })
    expect(explainAwsError(refused, 'read sandbox-alice/terraform.tfstate')).toMatchObject({
      message: expect.stringMatching(/^a KMS key does not let you read .*pending deletion/),
    })
  })
})

test('doctor tells of a key that states cannot be read with, and of none that works', () => {
  const says = (state: string, deletesAt?: string) =>
    decideStateKey(key(state, deletesAt)).map((one) => `${one.says} [${one.fix}]`)
  expect(decideStateKey(undefined)).toEqual([])
  expect(says('Enabled')).toEqual([])
  expect(says('PendingDeletion', '2026-12-28T00:00:00.000Z')[0]).toMatch(
    /to be deleted on 2026-12-28.*\[npm run bootstrap/,
  )
  expect(says('Disabled')).toEqual([expect.stringMatching(/disabled.*\[npm run bootstrap\]/)])
  expect(says('gone')).toEqual([expect.stringMatching(/gone: no state can be read/)])
})

test('names stand in the template itself, or CloudFormation would take nothing in by them', () => {
  const file = join(import.meta.dirname, '..', '..', 'stacks', 'bootstrap.yaml')
  const rendered = renderTemplate(readFileSync(file, 'utf8'), {
    BucketName: 'a-b',
    LogBucketName: 'a-b-logs',
  })
  expect(rendered.match(/BucketName: a-b\n/g)).toHaveLength(1)
  expect(rendered.match(/Bucket: a-b(-logs)?\n/g)).toHaveLength(2)
  expect(rendered).not.toMatch(/!Ref (Log)?BucketName\n/)
})

test('a plan reads as what happens to each thing', () => {
  const thing = { ResourceType: 'AWS::S3::Bucket', LogicalResourceId: 'B' }
  const Target = { Attribute: 'Properties', Name: 'BucketName', BeforeValue: 'a', AfterValue: 'b' } as const
  const drifted = {
    Attribute: 'Properties',
    Name: 'X',
    AfterValue: 'on',
    Drift: { ActualValue: 'off' },
  } as const
  const planned = planChanges([
    { ...thing, Action: 'Add' },
    { ...thing, Action: 'Import', PhysicalResourceId: 'b-1' },
    { ...thing, Action: 'Modify', Replacement: 'True', Details: [{ Target }] },
    { ...thing, Action: 'Modify', Replacement: 'False', Details: [{ Target: drifted }] },
    { ...thing, Action: 'Remove', PolicyAction: 'Retain' },
    { ...thing, Action: 'SyncWithActual' },
  ])
  expect(renderPlanned(planned)).toMatchInlineSnapshot(`
    "+ add B (AWS::S3::Bucket)
    < take in B (AWS::S3::Bucket, b-1)
    ± replace B (AWS::S3::Bucket)
        BucketName: a -> b
    ~ change B (AWS::S3::Bucket)
        X: off -> on
    = leave B (AWS::S3::Bucket)"
  `)
})
