import { describe, expect, test } from 'vitest'
import { parseUserName } from '../../config/user-name.ts'
import { isDenied } from '../../scripts/audit/denied.ts'
import { planRow } from '../../scripts/audit/row.ts'
import { makeEvent } from './record.ts'

describe('a call was denied', () => {
  test.each([
    'AccessDenied',
    'AccessDeniedException',
    'AccessDeniedFault',
    'Client.UnauthorizedOperation',
    'UnauthorizedException',
    'Client.AuthFailure',
    'AuthorizationError',
    'AuthorizationErrorException',
    'NotAuthorizedException',
    'NotAuthorized',
    'ForbiddenException',
    'Server.Forbidden',
    'KMSAccessDeniedException',
    'VpceAccessDenied',
    'AccessToClusterDenied',
    'InsufficientPrivilegesException',
    '403',
  ])('by the code %s', (code) => expect(isDenied(code)).toBe(true))

  test.each([
    undefined,
    'ThrottlingException',
    'NoSuchEntityException',
    'AuthorizationNotFound',
    'Client.DryRunOperation',
    'OperationNotPermittedException',
    'LimitExceededException',
    'Client.InvalidGroup.NotFound',
    '4031',
  ])('not by the code %s', (code) => expect(isDenied(code)).toBe(false))

  test("by IAM's own sentence under another code", () => {
    const words = 'User: arn:aws:iam::1:user/a is not authorized to perform: cloudformation:CreateStack on x'
    expect([isDenied('ValidationError', words), isDenied('ValidationError', 'no template')]).toEqual([
      true,
      false,
    ])
  })

  test('when it was a sign-in that failed, which has no code', () => {
    const subject = { user: parseUserName('alice'), logins: new Set(['alice']), instances: new Set<string>() }
    const known = { ...subject, address: undefined, aliases: new Set<string>() }
    const rows = ['Failure', 'Success'].map((ConsoleLogin) =>
      planRow(makeEvent({ source: 'signin', name: 'ConsoleLogin', response: { ConsoleLogin } }), known, []),
    )
    expect(rows.map(({ result, denied }) => [result, denied])).toEqual([
      ['Failure', true],
      ['ok', false],
    ])
  })
})
