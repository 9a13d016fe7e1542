import { expect, test } from 'vitest'
import { openBrowser, planBrowser } from '../../../connect/login/browser.ts'
import { DeviceFlowReader, type LoginEvent, planDeviceUrl } from '../../../connect/login/device-flow.ts'
import { renderDeviceCode } from '../../../connect/login/render-code.ts'

const link = 'https://view.awsapps.com/start/#/device?user_code=ABCD-EF12'
const whole = [
  '\x1b[32m✔\x1b[0m Select login method · Use for Free with Builder ID\r\n\r\n',
  'Confirm the following code in the browser\r\nCode: \x1b[1mABCD-EF12\x1b[0m\r\n\r\n',
  `Open this URL: ${link}\r\n`,
  '\x1b[2K\r⠋ Logging in...\x1b[2K\r⠙ Logging in...\x1b[2K\rDevice authorized\r\nLogged in successfully\r\n',
].join('')

const readAll = (text: string, step: number, startUrl?: string): LoginEvent[] => {
  const reader = new DeviceFlowReader(startUrl)
  const events: LoginEvent[] = []
  for (let at = 0; at < text.length; at += step) events.push(...reader.push(text.slice(at, at + step)))
  return events
}

test.each([1, 2, 3, 7, 50, 10_000])('code, link and success are found in pieces of %d characters', (step) => {
  const events = readAll(whole, step)
  expect(events.filter(({ kind }) => kind !== 'picker')).toEqual([
    { kind: 'code', device: { code: 'ABCD-EF12', url: link, rebuilt: false } },
    { kind: 'loggedIn' },
  ])
})

test('a code without a link gets one as soon as kiro-cli waits', () => {
  const text = 'Confirm the following code in the browser\nCode: ABCD-EF12\n\n Logging in...'
  expect(readAll(text, 5)).toEqual([
    { kind: 'code', device: { code: 'ABCD-EF12', url: link, rebuilt: true } },
  ])
})

test('a code after which nothing comes gets its link when asked for', () => {
  const reader = new DeviceFlowReader('https://acme.awsapps.com/start/')
  expect(reader.push('Code: ABCD-EF12\n')).toEqual([])
  expect(reader.rebuild()).toEqual({
    kind: 'code',
    device: {
      code: 'ABCD-EF12',
      url: 'https://acme.awsapps.com/start/#/device?user_code=ABCD-EF12',
      rebuilt: true,
    },
  })
  expect(reader.rebuild()).toBeUndefined()
})

test.each<[string, LoginEvent]>([
  ['error: Already logged in, please logout with kiro-cli logout first\n', { kind: 'alreadyLoggedIn' }],
  ['error: ExpiredTokenException: the device code is no longer valid\n', { kind: 'expired' }],
  ['error: Device code has expired\n', { kind: 'expired' }],
  ['error: AccessDeniedException: user said no\n', { kind: 'refused' }],
  ['error: invalid value for field: region\n', { kind: 'noTerminal' }],
  ['error: dispatch failure\n', { kind: 'failed', text: 'dispatch failure' }],
  ['? Enter Start URL › https://acme.awsapps.com/start', { kind: 'prompt', prompt: 'startUrl' }],
  ['? Enter Region › eu-west-1', { kind: 'prompt', prompt: 'region' }],
  ['? Select an IAM Identity Center profile ›', { kind: 'picker', picker: 'profile' }],
])('%j', (text, event) => {
  expect(readAll(text, 4)).toContainEqual(event)
})

test('links never lead to another page than the start page', () => {
  expect(planDeviceUrl('ABCD-EF12', undefined)).toBe(link)
  expect(planDeviceUrl('ABCD-EF12', 'https://acme.awsapps.com/start#/')).toBe(
    'https://acme.awsapps.com/start/#/device?user_code=ABCD-EF12',
  )
})

test('the picture for a telephone is left out where the terminal is too small for it', () => {
  const device = { code: 'ABCD-EF12', url: link, rebuilt: false }
  const large = renderDeviceCode(device, { rows: 60, columns: 120 })
  const small = renderDeviceCode(device, { rows: 24, columns: 80 })
  expect(large).toContain('A B C D - E F 1 2')
  expect(small).toContain('A B C D - E F 1 2')
  expect(small).toContain(link)
  expect(large).toMatch(/[▀▄█]/)
  expect(small).not.toMatch(/[▀▄█]/)
})

test('a browser is opened where the person sits, or not at all', () => {
  expect(planBrowser(link, 'darwin', {})?.program).toBe('open')
  expect(planBrowser(link, 'linux', {})).toBeUndefined()
  expect(planBrowser(link, 'linux', { DISPLAY: ':0' })?.program).toBe('xdg-open')
  expect(planBrowser(link, 'linux', { DISPLAY: ':0', SSH_CONNECTION: 'a b' })).toBeUndefined()
  expect(planBrowser('file:///etc/passwd', 'darwin', {})).toBeUndefined()
})

test('a program that is not there is told, one that starts is left alone', async () => {
  expect(await openBrowser({ program: 'true', arguments: [] })).toBe(true)
  expect(await openBrowser({ program: '/nonexistent/browser', arguments: [] })).toBe(false)
})
