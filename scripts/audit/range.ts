import { parseDuration } from '../../config/duration.ts'
import { usageError } from '../../config/user-error.ts'
import { printable } from '../../config/user-name.ts'
import { awsCall } from '../aws/call.ts'
import { watchServerDate } from '../aws/server-date.ts'
import type { SdkConfig } from '../target.ts'

const day = 24 * 3600_000
/** Event history keeps no more. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html */
export const longestHistory = 90 * day

/** `--since 7d` to milliseconds. @param store whether an event data store is asked, which keeps years */
export const parseSince = (text: string | undefined, store = false): number => {
  const length = parseDuration(text ?? '24h', '--since')
  if (length === 0)
    throw usageError(`--since "${printable(text ?? '')}" is no time to look back`, '--since 24h')
  if (length > longestHistory && !store)
    throw usageError(
      `--since ${text} is longer than the 90 days that CloudTrail keeps as event history`,
      '--since 90d; or --event-data-store <arn or name>, if the account has one of CloudTrail Lake',
    )
  return length
}

/** Milliseconds that a laptop may be wrong before its owner hears of it. */
const tolerated = 5 * 60_000

/** Events bear AWS's time, so the range does too: a laptop that is an hour late would miss an hour. */
export const findNow = async (sdk: SdkConfig, warn: (text: string) => void): Promise<number> => {
  const { GetCallerIdentityCommand, STSClient } = await import('../aws/sdk/sts.ts')
  const client = new STSClient(sdk)
  const now = watchServerDate(client)
  await awsCall('ask what time it is there', () => client.send(new GetCallerIdentityCommand({})))
  const wrong = Date.now() - now().getTime()
  if (Math.abs(wrong) > tolerated)
    warn(
      `this computer's clock is ${Math.round(Math.abs(wrong) / 60_000)} minutes ${wrong > 0 ? 'fast' : 'slow'}; all times are AWS's`,
    )
  return now().getTime()
}
