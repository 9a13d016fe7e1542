import { regionSchema } from '../../config/settings.ts'
import { usageError } from '../../config/user-error.ts'
import { printable } from '../../config/user-name.ts'
import { awsCall } from '../aws/call.ts'
import type { Target } from '../target.ts'
import { globalRegion } from './questions.ts'

/** Beside the sandbox's own: names, or `all` that are switched on in the account. */
export type Regions = readonly string[] | 'all'

export const parseRegions = (typed: readonly string[]): Regions => {
  if (typed.includes('all')) return 'all'
  for (const text of typed)
    if (!regionSchema.safeParse(text).success)
      throw usageError(`--region "${printable(text)}" is no region`, '--region eu-west-1, or --region all')
  return [...new Set(typed)]
}

export const findRegions = async (
  { sdk }: Pick<Target, 'sdk'>,
  wanted: Regions,
): Promise<readonly string[]> => {
  if (wanted !== 'all') return wanted
  const { DescribeRegionsCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  // Without AllRegions those that are switched off are left out.
  const { Regions = [] } = await awsCall('list the regions of the account', () =>
    new EC2Client(sdk).send(new DescribeRegionsCommand({})),
  )
  return Regions.flatMap(({ RegionName }) => RegionName ?? []).sort()
}

/** Which regions a story is of, and which it is not. */
export const renderRegions = (home: string, others: readonly string[], wanted: Regions): string => {
  const asked = [...new Set([home, globalRegion, ...others])]
  const rest =
    wanted === 'all' ? '' : '; calls made in other regions are not in it (--region <name>, --region all)'
  return `asked ${asked.join(', ')}${rest}`
}
