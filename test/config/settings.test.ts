import { describe, expect, test } from 'vitest'
import { parseSettings } from '../../config/parse-settings.ts'
import { defaultSettings } from '../../config/settings.ts'
import { UserError } from '../../config/user-error.ts'

const refusal = (text: string): UserError => {
  try {
    parseSettings(text, 'sandbox.config.json')
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('taken')
}

test('an empty file means the defaults, and the default target is local', () => {
  expect(parseSettings('{}', 'f')).toEqual(defaultSettings())
  expect(defaultSettings().target).toBe('local')
})

test('a part that is given leaves the others at their defaults', () => {
  const settings = parseSettings('{"instance":{"type":"m7g.large"}}', 'f')
  expect(settings.instance).toEqual({ ...defaultSettings().instance, type: 'm7g.large' })
})

describe('a mistake is named with file, path, value and expectation', () => {
  test.each([
    ['{"instance":{"rootVolumeGiB":"30"}}', ['instance.rootVolumeGiB', '"30"', 'expected number']],
    ['{"instance":{"rootVolumeGiB":8}}', ['instance.rootVolumeGiB', '8', '>=30']],
    ['{"region":"oregon"}', ['region', '"oregon"', 'us-west-2']],
    ['{"network":{"cidr":"10.20.0.0/8"}}', ['network.cidr', '10.20.0.0/8', '/16 and /24']],
    ['{"network":{"cidr":"10.300.0.0/16"}}', ['network.cidr', '10.300.0.0/16', '0 to 255']],
    ['{"network":{"endpoints":["smm"]}}', ['network.endpoints.0', '"smm"', 'ssm']],
    ['{"instance":{"type":"t3.medium"}}', ['instance.type', '"t3.medium"', 'Graviton']],
    ['{"region":"us-gov-west-1"}', ['region', '"us-gov-west-1"', 'commercial']],
    ['{"network":{"endpoints":["ssm","ssm"]}}', ['network.endpoints', 'each endpoint once']],
    ['{"network":{"cidr":"10.20.5.7/16"}}', ['network.cidr', '10.20.5.7/16', 'network address']],
    ['{"session":{"logRetentionDays":7}}', ['session.logRetentionDays', '7', 'one of 30, 60']],
    ['{"accountId":123456789012}', ['accountId', '123456789012', 'expected string']],
    ['{"target":"prod"}', ['target', '"prod"', 'local']],
    ['{"instanse":{}}', ['unknown setting instanse']],
    ['{"network":{"cird":""}}', ['unknown setting network.cird']],
    ['[]', ['the top level']],
  ])('%s', (text, parts) => {
    const error = refusal(text)
    expect(error.exitCode).toBe(2)
    for (const part of ['sandbox.config.json', ...parts]) expect(error.message).toContain(part)
  })

  test('a comma after the last item is no JSON, and the hint says so', () => {
    const error = refusal('{"region":"us-west-2",}')
    expect(error.message).toContain('sandbox.config.json is not valid JSON')
    expect(error.hint).toContain('comma')
  })

  test('all mistakes are told at once', () => {
    const { message } = refusal('{"region":"x","session":{"idleMinutes":0}}')
    expect(message).toContain('region')
    expect(message).toContain('session.idleMinutes')
  })
})
