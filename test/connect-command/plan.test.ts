import { describe, expect, test } from 'vitest'
import { parseForward } from '../../scripts/connect/forward.ts'
import {
  type ConnectFlags,
  planConnect,
  planForwardRequest,
  planLoginRequest,
  planSessionRequest,
} from '../../scripts/connect/plan-connect.ts'

const nothing: ConnectFlags = {
  agent: undefined,
  shell: false,
  loginOnly: false,
  command: undefined,
  forward: [],
}

describe('what was asked for', () => {
  test.each([
    [nothing, { kind: 'agent', agent: 'readonly' }],
    [
      { ...nothing, agent: 'elevated' },
      { kind: 'agent', agent: 'elevated' },
    ],
    [{ ...nothing, shell: true }, { kind: 'shell' }],
    [{ ...nothing, loginOnly: true }, { kind: 'login' }],
    [
      { ...nothing, command: 'id' },
      { kind: 'command', command: 'id' },
    ],
    [
      { ...nothing, forward: ['8080:3000'] },
      { kind: 'forward', forwards: [{ localPort: 8080, host: undefined, port: 3000 }] },
    ],
  ])('%j', (flags, plan) => expect(planConnect(flags)).toEqual(plan))

  test.each([
    [{ ...nothing, shell: true, command: 'id' }, '--shell and --command exclude each other'],
    [{ ...nothing, agent: 'readonly', loginOnly: true }, '--agent and --login-only exclude each other'],
    [{ ...nothing, command: '  ' }, '--command is empty'],
    [{ ...nothing, forward: ['80:80', '80:localhost:81'] }, 'local port 80 twice'],
  ])('%j is refused', (flags, sentence) => expect(() => planConnect(flags)).toThrow(sentence))
})

describe('forwards', () => {
  test.each([
    ['8080:3000', { localPort: 8080, host: undefined, port: 3000 }],
    ['8080:localhost:3000', { localPort: 8080, host: undefined, port: 3000 }],
    ['8080:127.0.0.1:3000', { localPort: 8080, host: undefined, port: 3000 }],
    ['5432:db.internal:5432', { localPort: 5432, host: 'db.internal', port: 5432 }],
    ['5432:[fd00::7]:5432', { localPort: 5432, host: 'fd00::7', port: 5432 }],
  ])('%s', (text, forward) => expect(parseForward(text)).toEqual(forward))

  test.each(['', '8080', '0:80', '80:0', '65536:1', '1:65536', 'a:1', '1:-x:2', '1:a b:2', '1:2:3:4'])(
    '%j is refused',
    (text) => expect(() => parseForward(text)).toThrow('--forward'),
  )
})

describe('requests of Session Manager', () => {
  test('every value is a list of strings', () => {
    expect(planSessionRequest({ kind: 'command', command: "echo 'a b' | wc" })).toEqual({
      document: 'kiro-session-command',
      parameters: { command: [`bash -lc 'cd; echo '\\''a b'\\'' | wc'`] },
    })
    expect(planForwardRequest({ localPort: 1, host: undefined, port: 2 })).toEqual({
      document: 'kiro-session-forward',
      parameters: { portNumber: ['2'], localPortNumber: ['1'] },
    })
    expect(planForwardRequest({ localPort: 1, host: 'db', port: 2 }).parameters.host).toEqual(['db'])
  })

  test('without a start URL it is AWS Builder ID', () => {
    expect(planLoginRequest({ startUrl: undefined, region: undefined }).parameters).toEqual({
      license: ['free'],
      startUrl: ['none'],
      region: ['none'],
    })
    expect(
      planLoginRequest({ startUrl: 'https://acme.awsapps.com/start', region: 'eu-west-1' }).parameters,
    ).toEqual({ license: ['pro'], startUrl: ['https://acme.awsapps.com/start'], region: ['eu-west-1'] })
  })
})
