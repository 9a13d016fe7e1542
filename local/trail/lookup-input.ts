import * as z from 'zod'
import { Refusal } from '../gateway/json-api.ts'
import type { TrailEvent } from './event.ts'

/** AWS has exceptions of its own where others have a ValidationException, so little is checked here. */
export const lookupEvents = z.object({
  LookupAttributes: z.array(z.object({ AttributeKey: z.string(), AttributeValue: z.string() })).default([]),
  StartTime: z.number().optional(),
  EndTime: z.number().optional(),
  EventCategory: z.string().optional(),
  MaxResults: z.number().int().default(50),
  NextToken: z.string().optional(),
})
export type LookupInput = z.output<typeof lookupEvents>

const tests: Readonly<Record<string, (event: TrailEvent, value: string) => boolean>> = {
  EventId: (event, value) => event.EventId === value,
  EventName: (event, value) => event.EventName === value,
  ReadOnly: (event, value) => event.ReadOnly === value,
  Username: (event, value) => event.Username === value,
  ResourceType: (event, value) => event.Resources.some(({ ResourceType }) => ResourceType === value),
  ResourceName: (event, value) => event.Resources.some(({ ResourceName }) => ResourceName === value),
  EventSource: (event, value) => event.EventSource === value,
  AccessKeyId: (event, value) => event.AccessKeyId === value,
}

const refuseAttributes = ({ LookupAttributes }: LookupInput): void => {
  if (LookupAttributes.length > 1)
    throw new Refusal('InvalidLookupAttributesException', 'You can only use one lookup attribute.')
  const [attribute] = LookupAttributes
  if (attribute === undefined) return
  const { AttributeKey, AttributeValue } = attribute
  if (!Object.hasOwn(tests, AttributeKey) || AttributeValue === '' || AttributeValue.length > 2000)
    throw new Refusal(
      'InvalidLookupAttributesException',
      `The lookup attribute ${AttributeKey} is not valid: ${Object.keys(tests).join(', ')}.`,
    )
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html, "Errors" */
export const refuseLookup = (input: LookupInput): void => {
  refuseAttributes(input)
  const { StartTime, EndTime, MaxResults, EventCategory } = input
  if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime)
    throw new Refusal('InvalidTimeRangeException', 'The start time is later than the end time.')
  if (MaxResults < 1 || MaxResults > 50)
    throw new Refusal('InvalidMaxResultsException', 'The value for maxResults must be between 1 and 50.')
  if (EventCategory !== undefined && EventCategory !== 'insight')
    throw new Refusal('InvalidEventCategoryException', `The event category ${EventCategory} is not valid.`)
}

export const matchesLookup = (input: LookupInput, event: TrailEvent): boolean => {
  const [attribute] = input.LookupAttributes
  if (input.StartTime !== undefined && event.EventTime < Math.floor(input.StartTime)) return false
  if (input.EndTime !== undefined && event.EventTime > input.EndTime) return false
  return attribute === undefined || tests[attribute.AttributeKey]?.(event, attribute.AttributeValue) === true
}
