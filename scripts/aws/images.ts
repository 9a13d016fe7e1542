import { names } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { UserError } from '../../config/user-error.ts'
import type { SdkConfig } from '../target.ts'
import { awsCall, isAwsError } from './call.ts'

export type ImageChoice = SandboxSpec['image']

const readParameter = async (sdk: SdkConfig, name: string): Promise<string | undefined> => {
  const { GetParameterCommand, SSMClient } = await import('./sdk/ssm.ts')
  const client = new SSMClient(sdk)
  try {
    return (await client.send(new GetParameterCommand({ Name: name }))).Parameter?.Value
  } catch (error) {
    if (isAwsError(error, 'ParameterNotFound')) return undefined
    return awsCall(`read the parameter ${name}`, () => Promise.reject(error))
  }
}

const describe = async (sdk: SdkConfig, id: string, kind: ImageChoice['kind']): Promise<ImageChoice> => {
  const { DescribeImagesCommand, EC2Client } = await import('./sdk/ec2.ts')
  const client = new EC2Client(sdk)
  const { Images } = await awsCall(`describe the image ${id}`, () =>
    client.send(new DescribeImagesCommand({ ImageIds: [id] })),
  )
  const image = Images?.[0]
  if (image === undefined)
    throw new UserError(`the image ${id} does not exist in ${sdk.region}`, {
      hint: 'an alias points to a deleted image',
    })
  if (image.Architecture !== 'arm64')
    throw new UserError(`the image ${id} is for ${image.Architecture}, sandboxes are arm64`, {
      hint: 'point the alias to an arm64 image',
    })
  return { id, kind, rootDevice: image.RootDeviceName ?? '/dev/xvda' }
}

/** The golden image an alias points to, or Amazon Linux as AWS ships it while there is none. */
export const findCurrentImage = async (sdk: SdkConfig, environment: string): Promise<ImageChoice> => {
  const golden = await readParameter(sdk, names.imageAlias(environment))
  return golden === undefined ? findStockImage(sdk, environment) : describe(sdk, golden, 'golden')
}

/** Amazon Linux as AWS ships it. */
export const findStockImage = async (sdk: SdkConfig, environment: string): Promise<ImageChoice> => {
  const stock = await readParameter(sdk, names.stockImageParameter)
  if (stock === undefined)
    throw new UserError(
      `no image in ${sdk.region}: neither ${names.imageAlias(environment)} nor ${names.stockImageParameter}`,
      {
        hint: 'choose a region that has arm64 Amazon Linux 2023',
      },
    )
  return describe(sdk, stock, 'stock')
}
