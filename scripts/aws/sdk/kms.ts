/** The commands of this client that we use; see ssm.ts. */
export { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
