import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { accountId } from '../ssm/fixture.ts'
import { by, files, keep, lines, lookUp, names, record } from './journal.ts'

describe('a question', () => {
  test.each([
    ['EventName', 'B', ['B']],
    ['EventSource', 'ssm.amazonaws.com', ['C']],
    ['ResourceName', 'vpc-12345678', ['B']],
    ['ResourceType', 'AWS::EC2::VPC', ['B']],
    ['AccessKeyId', 'AKIA2', ['A']],
    ['Username', 'bob', ['A']],
    ['ReadOnly', 'true', []],
  ])('by %s', async (key, value, expected) => {
    keep(
      record({ operation: 'A', principal: `arn:aws:iam::${accountId}:user/team/bob`, accessKeyId: 'AKIA2' }),
      record({ operation: 'B', parameters: { VpcId: 'vpc-12345678' } }),
      record({ operation: 'C', service: 'ssm' }),
    )
    expect(await names(by(key, value))).toEqual(expected)
  })

  test('by the id of an event finds that one', async () => {
    keep(record(), record(), record())
    const [, middle] = (await lookUp()).Events
    expect((await lookUp(by('EventId', middle?.EventId ?? ''))).Events).toEqual([middle])
  })

  test('by time includes both ends', async () => {
    keep(...Array.from({ length: 9 }, (_, index) => record({ operation: `E${index + 1}` })))
    const second = Date.UTC(2026, 0, 1) / 1000
    expect(await names({ StartTime: second + 3, EndTime: second + 5 })).toEqual(['E5', 'E4', 'E3'])
  })

  test.each<[object, string]>([
    [{ MaxResults: 0 }, 'InvalidMaxResultsException'],
    [{ MaxResults: 51 }, 'InvalidMaxResultsException'],
    [{ StartTime: 2, EndTime: 1 }, 'InvalidTimeRangeException'],
    [by('Colour', 'x'), 'InvalidLookupAttributesException'],
    [by('EventName', ''), 'InvalidLookupAttributesException'],
    [
      {
        LookupAttributes: [
          ...by('EventName', 'a').LookupAttributes,
          ...by('EventName', 'b').LookupAttributes,
        ],
      },
      'InvalidLookupAttributesException',
    ],
    [{ NextToken: 'made up' }, 'InvalidNextTokenException'],
    [{ EventCategory: 'other' }, 'InvalidEventCategoryException'],
  ])('%j is %s', async (input, type) => {
    keep(record())
    expect((await lookUp(input)).__type).toBe(type)
  })

  test('of an empty journal has no answer', async () => expect(await lookUp()).toEqual({ Events: [] }))
})

describe('pages', () => {
  const all = async (input: object = {}, between: () => void = () => {}) => {
    const found: string[] = []
    let token: string | undefined
    do {
      const page = await lookUp({
        ...input,
        MaxResults: 7,
        ...(token === undefined ? {} : { NextToken: token }),
      })
      found.push(...page.Events.map(({ EventName }) => EventName))
      token = page.NextToken
      between()
    } while (token !== undefined)
    return found
  }
  const many = (count: number, from = 0) =>
    // Long ones, so that they lie across the chunks that are read.
    Array.from({ length: count }, (_, index) =>
      record({ operation: `E${from + index}`, parameters: { note: 'ä'.repeat(index * 50) } }),
    )
  const newestFirst = (count: number) => Array.from({ length: count }, (_, index) => `E${count - 1 - index}`)

  test('tell everything once, newest first, across both files', async () => {
    writeFileSync(files().older, lines(...many(60)))
    writeFileSync(files().file, `${lines(...many(60, 60))}{"time":"2026-01-0`)
    expect(await all()).toEqual(newestFirst(120))
  })

  test('stay in place when calls are added and the journal is rotated meanwhile', async () => {
    keep(...many(40))
    let turns = 0
    const rotate = () => {
      turns += 1
      if (turns !== 2) return
      renameSync(files().file, files().older)
      keep(record({ operation: 'later' }))
    }
    expect(await all({}, rotate)).toEqual(newestFirst(40))
  })

  test('end when what is left is no longer kept', async () => {
    keep(...many(40))
    const { NextToken } = await lookUp({ MaxResults: 5 })
    rmSync(files().file)
    keep(record())
    expect((await lookUp({ NextToken })).__type).toBe('InvalidNextTokenException')
  })

  test('belong to their question', async () => {
    keep(...many(40))
    const { NextToken } = await lookUp({ MaxResults: 5 })
    expect((await lookUp({ NextToken, ...by('EventName', 'E1') })).__type).toBe('InvalidNextTokenException')
  })
})
