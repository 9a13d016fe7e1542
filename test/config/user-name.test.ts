import { describe, expect, test } from 'vitest'
import { UserError } from '../../config/user-error.ts'
import { isUserName, parseUserName, printable } from '../../config/user-name.ts'

describe('user names that IAM, Linux and DNS all take', () => {
  test.each(['al', 'alice', 'alice-b', 'a1', 'x'.repeat(32), 'jean-luc-2'])('%s is taken', (name) => {
    expect(parseUserName(name)).toBe(name)
    expect(isUserName(name)).toBe(true)
  })

  test.each([
    ['', 'too short'],
    ['a', 'too short'],
    ['x'.repeat(33), 'longer than 32'],
    ['x'.repeat(200), 'longer than 32'],
    ['Alice', 'would not take'],
    ['1alice', 'would not take'],
    ['-alice', 'would not take'],
    ['alice-', 'would not take'],
    ['a--b', 'would not take'],
    ['alice.b', 'would not take'],
    ['alice_b', 'would not take'],
    ['../../etc/passwd', 'would not take'],
    ['a/b', 'would not take'],
    ['a b', 'would not take'],
    ['$(id)', 'would not take'],
    ['a;rm -rf ~', 'would not take'],
    ['a\nb', 'would not take'],
    ['älice', 'would not take'],
    ['аlice', 'would not take'],
    ['root', 'reserved'],
    ['network', 'reserved'],
    ['ec2-user', 'reserved'],
  ])('%j is refused: %s', (name, reason) => {
    expect(() => parseUserName(name)).toThrow(reason)
    expect(isUserName(name)).toBe(false)
  })

  test('a refusal is a usage error that shows the value and what to type', () => {
    const error = (() => {
      try {
        parseUserName('Bob!')
      } catch (thrown) {
        return thrown as UserError
      }
      throw new Error('taken')
    })()
    expect(error).toBeInstanceOf(UserError)
    expect(error.exitCode).toBe(2)
    expect(error.message).toContain('"Bob!"')
    expect(error.hint).toContain('--user alice')
  })
})

describe('what is shown of a hostile value', () => {
  test.each([
    ['a\u001b[31mred', 'a\\u001b[31mred'],
    ['a\u202eb', 'a\\u202eb'],
    ['tab\there', 'tab\\u0009here'],
  ])('%j cannot steer the terminal', (value, shown) => expect(printable(value)).toBe(shown))

  test('a long one is cut and its length told', () => {
    expect(printable('x'.repeat(200))).toBe(`${'x'.repeat(57)}... (200 characters)`)
  })
})
