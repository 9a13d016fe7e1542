import { type Finding, fine, note, wrong } from '../../config/finding.ts'
import { findCaller } from '../aws/identity.ts'
import { watchServerDate } from '../aws/server-date.ts'
import type { SdkConfig } from '../target.ts'

export const decideCaller = (arn: string): Finding =>
  arn.endsWith(':root')
    ? wrong(
        'credentials',
        `${arn} is the root user, whom no policy limits`,
        'log in as a user of IAM Identity Center, and delete the access keys of root',
      )
    : fine('credentials', arn)

export const findCallerArn = (sdk: SdkConfig): Promise<string> => findCaller(sdk)

/** AWS refuses a signature whose time is more than five minutes off. */
const refusedAfter = 300
const worthKnowing = 60

export interface ClockFacts {
  /** In the header of an answer; whole seconds. */
  readonly aws: Date
  /** Just before and just after that call. */
  readonly asked: Date
  readonly answered: Date
}

export const decideClock = ({ aws, asked, answered }: ClockFacts): Finding => {
  const [early, late] = [asked.getTime() - aws.getTime() - 1000, answered.getTime() - aws.getTime()]
  // Somewhere in between lies the truth; what the call itself took is nobody's fault.
  const off = Math.round(Math.max(0, early, -late) / 1000)
  if (off < worthKnowing) return fine('clock', off === 0 ? 'as AWS has it' : `${off} s from that of AWS`)
  const way = early > 0 ? 'ahead of' : 'behind'
  const says = `this computer is ${off} s ${way} AWS`
  const fix = 'timedatectl set-ntp true (macOS: sudo sntp -sS time.apple.com)'
  return off < refusedAfter
    ? note('clock', `${says}; elevation windows and ages will look odd`, fix)
    : wrong('clock', `${says}, which refuses calls signed more than 5 min off`, fix)
}

export const findClock = async (sdk: SdkConfig): Promise<ClockFacts> => {
  const { GetCallerIdentityCommand, STSClient } = await import('../aws/sdk/sts.ts')
  const client = new STSClient(sdk)
  const date = watchServerDate(client)
  const asked = new Date()
  await client.send(new GetCallerIdentityCommand({}))
  return { aws: date(), asked, answered: new Date() }
}

/** @param status as EC2 calls it; undefined: it knows no such region */
export const decideRegion = (region: string, status: string | undefined): Finding => {
  if (status === undefined)
    return wrong('region', `AWS knows no region ${region}`, 'put another "region" into sandbox.config.json')
  return status === 'not-opted-in'
    ? wrong(
        'region',
        `${region} is not switched on in this account`,
        `aws account enable-region --region-name ${region}`,
      )
    : fine('region', region)
}

export const findRegionStatus = async (sdk: SdkConfig): Promise<string | undefined> => {
  const { DescribeRegionsCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  // A region that is off, or that there is not, does not answer for itself; this one cannot be switched off.
  const client = new EC2Client({ ...sdk, region: 'us-east-1' })
  const { Regions = [] } = await client.send(new DescribeRegionsCommand({ AllRegions: true }))
  const found = Regions.find(({ RegionName }) => RegionName === sdk.region)
  return found === undefined ? undefined : (found.OptInStatus ?? 'opt-in-not-required')
}
