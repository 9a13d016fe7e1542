import type { SdkConfig } from '../target.ts'
import { awsCall } from './call.ts'
import { askJson } from './signed-call.ts'

/**
 * One call to Route 53 Resolver. The SDK has a client, but only in a version that brings a second copy of everything
 * below it, and what is asked here are three lists after a run that was cut off.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53_Resolver.html
 */
export const askResolver = (
  sdk: SdkConfig,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> =>
  awsCall(`ask Route 53 Resolver (${operation})`, () =>
    askJson(sdk, 'route53resolver', ['Route53Resolver', operation], input),
  )
