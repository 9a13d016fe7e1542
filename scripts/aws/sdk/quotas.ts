/** The commands of this client that we use; see ssm.ts. */
export { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
