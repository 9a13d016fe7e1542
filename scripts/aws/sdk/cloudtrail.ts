/** The commands of this client that we use; esbuild drops what is not named here. */
export { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
