import { expect, test } from 'vitest'
import { UserError } from '../../config/user-error.ts'
import { parseUserName } from '../../config/user-name.ts'
import { DialFailure } from '../../connect/ssm/dial.ts'
import { explainConnection, explainEnd, explainStart } from '../../scripts/connect/explain.ts'

const place = {
  ...{ user: parseUserName('alice'), instanceId: 'i-0123456789abcdef0', region: 'us-west-2' },
  document: 'kiro-session-shell',
}
const aws = (name: string, message = '') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } })
const said = (error: unknown): [string, string | undefined] => {
  expect(error).toBeInstanceOf(UserError)
  const { message, hint } = error as UserError
  return [message, hint]
}

test.each([
  [aws('TargetNotConnected'), 'the agent of i-0123456789abcdef0 is not connected', 'ssmmessages'],
  [
    aws('AccessDeniedException', 'no'),
    'not allow you to open a session on the sandbox of alice',
    'log in as alice',
  ],
  [
    aws('InvalidDocument', 'gone'),
    'no document kiro-session-shell in us-west-2',
    'sandbox:up -- --user alice',
  ],
  [aws('ExpiredTokenException'), 'the AWS login has expired', 'aws sso login'],
  [aws('CredentialsProviderError', 'The SSO session has expired'), 'login has expired', 'aws sso login'],
  [
    aws('InvalidSignatureException', 'Signature expired: 1 is now earlier than 2'),
    'clock of this computer',
    'ntp',
  ],
])('StartSession: %s', (error, message, hint) => {
  const [sentence, next] = said(explainStart(error, place))
  expect(sentence).toContain(message)
  expect(next).toContain(hint)
})

test.each([
  [{ status: 403 }, 'not allow you to open the data channel', 'ssmmessages:OpenDataChannel'],
  [{ code: 'ECONNREFUSED' }, 'the data channel cannot be opened', 'ssmmessages.us-west-2.amazonaws.com'],
  [{ proxy: 'http://proxy:3128', status: 407 }, 'the proxy http://proxy:3128', 'NO_PROXY'],
])('the data channel: %j', (about, message, hint) => {
  const [sentence, next] = said(explainConnection(new DialFailure('why', about), place))
  expect(sentence).toContain(message)
  expect(next).toContain(hint)
})

const closed = (output: string) => ({
  end: { kind: 'closed', output } as const,
  ...{ exitCode: undefined, failure: undefined },
})

test.each([
  ['Plugin with name Standard_Stream is not found. Step name: x', 'the disk of the sandbox is full'],
  [
    '----------ERROR-------\nfailed to start pty since RunAs user kiro does not exist',
    'not started from a golden image',
  ],
  ['Session timed out: it was idle for 20 minutes.', 'idle for too long'],
  ['Session reached its maximum duration of 480 minutes.', 'longest duration'],
  ['Connection to destination port failed: localhost:9', 'nothing answers at that port'],
  ['Something new', 'the session has ended: Something new'],
])('the end of a session: %s', (output, message) => {
  expect(said(explainEnd(closed(output), place))[0]).toContain(message)
})

test('a session that ended as it should needs no words', () => {
  expect(explainEnd(closed(''), place)).toBeUndefined()
})
