import { names } from '../../config/names.ts'
import type { Story } from '../../config/story.ts'
import { isAwsError } from '../aws/call.ts'
import type { Target } from '../target.ts'
import type { Row } from './row.ts'

const missing = ['ResourceNotFoundException']

/**
 * Whether what was said in a session is kept, and where: a stream of the session log group bears the session's name.
 * What cannot be looked at is said once, and the story is told without it.
 */
export const openLinks = async (target: Target, story: Story): Promise<(row: Row) => Promise<Row>> => {
  const { CloudWatchLogsClient, DescribeLogStreamsCommand } = await import('../aws/sdk/logs.ts')
  const client = new CloudWatchLogsClient(target.sdk)
  const group = names.sessionLogGroup
  const found = new Map<string, boolean>()
  let useless = false
  const look = async (stream: string): Promise<boolean> => {
    const call = new DescribeLogStreamsCommand({ logGroupName: group, logStreamNamePrefix: stream, limit: 1 })
    try {
      const { logStreams = [] } = await client.send(call)
      return logStreams.some(({ logStreamName }) => logStreamName === stream)
    } catch (error) {
      useless = true
      const why = isAwsError(error, ...missing) ? `there is no log group ${group}` : (error as Error).message
      story.warn(`sessions are shown without their logs: ${why}`)
      return false
    }
  }
  return async (row) => {
    if (row.kind !== 'session' || row.sessionId === null || row.result !== 'ok' || useless) return row
    const known = found.get(row.sessionId) ?? (await look(row.sessionId))
    found.set(row.sessionId, known)
    return known ? { ...row, log: { group, stream: row.sessionId } } : row
  }
}
