import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { inertText } from '../../../scripts/audit/inert.ts'
import { joinCalls } from '../../../scripts/audit/transcripts/join.ts'
import { parseFiles } from '../../../scripts/audit/transcripts/read-files.ts'
import { hidden, openRedactor, type Redact } from '../../../scripts/audit/transcripts/redact.ts'
import { renderGaps, renderReport } from '../../../scripts/audit/transcripts/render-report.ts'
import type { Report } from '../../../scripts/audit/transcripts/report.ts'
import { showReport } from '../../../scripts/audit/transcripts/show-report.ts'
import { at, classicFile, classicState, type Use, v2Files, v2Meta, v2Records, v3Files } from './chats.ts'

/** Put together here, so that nobody who scans this repository is woken by them. */
const made = (...parts: string[]): string => parts.join('')
const secretKey = made('wJalrXUtnFEMI/K7MDENG', '+bPxRfiCYzzzzzzKEYQ')
const sessionToken = made(
  'FwoG',
  'ZXIvYXdzEBYaD9eUIBLzUtdEHWg5JsO3gwHPuaQ7CUmAUlz5yWCuxQo4hVPmR9SiRzIN',
  'zhbZ3BgvaU8X50wAGOlYVuWmt782k=',
)
const keyBody = made('MIIEpAIBAAKCAQEA', 'x9Zq'.repeat(60))

/** What is planted, and the part of it that may be seen nowhere. */
const secrets: readonly (readonly [name: string, text: string, secret: string])[] = [
  ['access key id', made('AK', 'IA', 'QWERTYUIOPASDFGH'), made('IA', 'QWERTYUIOPASDFGH')],
  ['key id of a session', made('AS', 'IA', 'QWERTYUIOPASDFGH'), made('IA', 'QWERTYUIOPASDFGH')],
  ['secret key in a file', `aws_secret_access_key = ${secretKey}`, secretKey.slice(-12)],
  ['secret key in the environment', `AWS_SECRET_ACCESS_KEY=${secretKey} aws s3 ls`, secretKey.slice(-12)],
  ['secret key in an answer of STS', `{"SecretAccessKey": "${secretKey}"}`, secretKey.slice(-12)],
  [
    'secret key as it is configured',
    `aws configure set aws_secret_access_key ${secretKey}`,
    secretKey.slice(-12),
  ],
  ['session token', `export AWS_SESSION_TOKEN=${sessionToken}`, sessionToken.slice(-20)],
  ['session token alone', sessionToken, sessionToken.slice(-20)],
  ['signed address', `https://b.s3.amazonaws.com/k?X-Amz-Signature=${'ab12'.repeat(16)}&x=1`, 'ab12ab12'],
  ['token of GitHub', made('gh', 'p_', '0123456789abcdefghijABCDEFGHIJ012345'), 'ABCDEFGHIJ012345'],
  ['private key', `-----BEGIN RSA PRIVATE KEY-----\n${keyBody}\n-----END RSA PRIVATE KEY-----`, 'x9Zqx9Zq'],
  ['private key that was cut off', `-----BEGIN OPENSSH PRIVATE KEY-----\n${keyBody}`, 'x9Zqx9Zq'],
  ['authorization header', 'curl -H "Authorization: Bearer abcdef-ghijkl-0815" https://x', 'ghijkl-0815'],
  ['basic authorization', "curl -H 'authorization: Basic YWxpY2U6aHVudGVyMg=='", 'aHVudGVyMg'],
  ['password in an address', 'git clone https://alice:hunter2-pass@git.example.com/x', 'hunter2-pass'],
  ['password of a database', 'psql postgres://app:s3cr3t-db@db.internal/x', 's3cr3t-db'],
  ['password as an option', 'aws rds create-db-instance --master-user-password hunter2-opt', 'hunter2-opt'],
  [
    'quoted password as an option',
    "aws rds create-db-instance --master-user-password 'hunter 2 quoted'",
    '2 quoted',
  ],
  ['password in a setting', 'DB_PASSWORD="hunter2 \\" set" run', 'hunter2'],
  [
    'secret value',
    `aws secretsmanager put-secret-value --secret-id x --secret-string '{"a":"zzz-top"}'`,
    'zzz-top',
  ],
  ['password of curl', 'curl -u alice:hunter2-curl https://x', 'hunter2-curl'],
  ['web token', made('ey', 'JhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0In0', '.c2lnbmF0dXJl'), 'c2lnbmF0dXJl'],
  ['key of Kiro', made('ks', 'k_', 'k1r0k1r0k1r0k1r0'), 'k1r0k1r0'],
  [
    'one that switches a linter off',
    `// secretlint-disable\n${made('gh', 'p_', '0123456789abcdefghijABCDEFGHIJ012345')}`,
    'ABCDEFGHIJ012345',
  ],
]

let redact: Redact
beforeAll(async () => {
  redact = await openRedactor()
})

const show = async (files: Parameters<typeof parseFiles>[0]): Promise<{ report: Report; shown: string }> => {
  const { transcripts } = parseFiles(files)
  const facts = { now: at('12:00:00'), wanted: { writes: false, denied: false, role: undefined } }
  const report = await showReport(transcripts, joinCalls(transcripts, []), facts, redact)
  return {
    report,
    shown: [...renderReport(report), ...renderGaps(report), inertText(JSON.stringify(report))].join('\n'),
  }
}

describe('a secret is in no answer, wherever a chat has it', () => {
  test.each(secrets)('%s', async (_, text, secret) => {
    const uses: Use[] = [
      { id: '1', tool: 'shell', input: { command: text }, output: text },
      {
        id: '2',
        tool: 'use_aws',
        input: { service_name: 'rds', operation_name: 'x', parameters: { note: text, list: [text] } },
      },
      { id: '3', tool: text, input: { path: '/x', content: text } },
    ]
    const files = [
      ...v2Files('a', [...v2Records(text, '10:00:00', uses), { kind: text }], {
        ...v2Meta('a', text),
        cwd: text,
      }),
      ...v3Files('b', text, `${text}\nmore`, '10:00:00', uses),
      classicFile(classicState('c', text, '10:00:00', uses)),
    ]
    const { shown } = await show(files)
    expect(shown).toContain(hidden)
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(JSON.stringify(secret).slice(1, -1))
  })
})

test('what stands under the name of a secret is hidden whatever it looks like, a name of one is not', async () => {
  const input = {
    ...{ service_name: 'rds', operation_name: 'modify-db-instance' },
    parameters: {
      MasterUserPassword: 'plain',
      SecretId: 'db/main',
      NextToken: 'page2',
      Nested: { ApiKey: 42 },
    },
  }
  const { report } = await show(
    v2Files('a', v2Records('x', '10:00:00', [{ id: '1', tool: 'use_aws', input }]), {}),
  )
  expect(report.sessions[0]?.prompts[0]?.calls[0]?.input).toBe(
    `aws rds modify-db-instance {"MasterUserPassword":"${hidden}","SecretId":"db/main","NextToken":"${hidden}","Nested":{"ApiKey":"${hidden}"}}`,
  )
})

test('what is no secret stays as it is', async () => {
  for (const text of [
    'aws ec2 describe-vpcs --filters Name=tag:Name,Values=main --region us-west-2',
    'aws secretsmanager describe-secret --secret-id db/main',
    'rotate the password and tell me when the token expires',
    '7fd50931-7b8e-425d-b1a4-932dd266d122',
    'arn:aws:iam::111122223333:role/kiro-readonly-alice',
    'git diff 3f786850e387550fdab836ed7e6dc881de23001b',
  ])
    expect(await redact(text)).toBe(text)
})

test('a secret behind the end of what is shown is not half shown', async () => {
  const text = `${'x '.repeat(15_990)}${made('gh', 'p_', '0123456789abcdefghijABCDEFGHIJ012345')}`
  const shown = await redact(text)
  expect(shown).not.toContain(made('gh', 'p_'))
})

test('control characters and page markup of a chat reach no terminal', async () => {
  const hostile = '\u001b]0;owned\u0007\u009b31m\u202etxt</script><script>alert(1)</script>\u2028'
  const uses: Use[] = [{ id: '1', tool: hostile, input: { command: hostile } }]
  const records = [...v2Records(hostile, '10:00:00', uses), { kind: hostile }]
  const { shown } = await show(v2Files(hostile, records, { ...v2Meta('a', hostile), cwd: hostile }))
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
})

test('hiding never fails and never takes minutes, whatever the text', { timeout: 60_000 }, async () => {
  const bits = fc.constantFrom(
    'password',
    '=',
    '"',
    "'",
    '\\',
    '://',
    ':',
    '@',
    'token',
    '-----BEGIN A PRIVATE KEY-----',
    ' ',
    '\n',
    'eyJ',
    'x',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(bits, { maxLength: 400 }).map((some) => some.join('')),
  )
  await fc.assert(
    fc.asyncProperty(text, async (one) => void (await redact(one))),
    { numRuns: 200 },
  )
  for (const part of ['a.', 'password', 'a:', '"\\', "'", 'aws ', '://a']) await redact(part.repeat(20_000))
})
