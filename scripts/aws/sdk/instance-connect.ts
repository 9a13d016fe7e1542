/** The commands of this client that we use; see sdk/ec2.ts. */
export { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from '@aws-sdk/client-ec2-instance-connect'
