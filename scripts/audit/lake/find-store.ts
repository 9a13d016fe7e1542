import { UserError, usageError } from '../../../config/user-error.ts'
import { printable } from '../../../config/user-name.ts'
import { awsCall } from '../../aws/call.ts'
import type { SdkConfig } from '../../target.ts'

export interface Store {
  readonly id: string
  /** A store is asked where it is at home, whichever regions its events are of. */
  readonly region: string
  readonly name: string
}

const arnPattern = /^arn:aws[a-z-]*:cloudtrail:([a-z0-9-]+):\d{12}:eventdatastore\/([0-9a-f-]{36})$/i
const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventDataStore.html */
const namePattern = /^[a-zA-Z0-9._-]{3,128}$/

/** An ARN or an id says all; undefined: it is a name, which AWS has to be asked for. */
export const parseStore = (text: string, region: string): Store | undefined => {
  const [, at, id] = arnPattern.exec(text) ?? []
  if (at !== undefined && id !== undefined) return { id, region: at, name: text }
  if (idPattern.test(text)) return { id: text, region, name: text }
  if (namePattern.test(text)) return undefined
  throw usageError(
    `--event-data-store "${printable(text)}" is neither an ARN, an id nor a name`,
    'aws cloudtrail list-event-data-stores',
  )
}

/** By name among those of the region. */
export const findStore = async (sdk: SdkConfig, text: string): Promise<Store> => {
  const parsed = parseStore(text, sdk.region)
  if (parsed !== undefined) return parsed
  const { CloudTrailClient, ListEventDataStoresCommand } = await import('../../aws/sdk/cloudtrail.ts')
  const client = new CloudTrailClient(sdk)
  const seen: string[] = []
  let NextToken: string | undefined
  do {
    const call = new ListEventDataStoresCommand({ NextToken })
    const page = await awsCall('list the event data stores', () => client.send(call))
    for (const { Name = '', EventDataStoreArn = '' } of page.EventDataStores ?? []) {
      if (Name === text) return { ...(parseStore(EventDataStoreArn, sdk.region) as Store), name: Name }
      seen.push(Name)
    }
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  const there = seen.length === 0 ? 'there is none' : `there are ${seen.map(printable).join(', ')}`
  throw new UserError(`there is no event data store ${text} in ${sdk.region}`, {
    hint: `${there}; one that is at home in another region: --event-data-store <its ARN>`,
  })
}
