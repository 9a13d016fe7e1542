import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'

/** What the alias said when it was read. */
export interface AliasSeen {
  readonly imageId: string
  /** Of the parameter; counts up with each change. */
  readonly version: number
}

const read = async (sdk: SdkConfig, name: string): Promise<AliasSeen | undefined> => {
  const { GetParameterCommand, SSMClient } = await import('../aws/sdk/ssm.ts')
  try {
    const { Parameter } = await new SSMClient(sdk).send(new GetParameterCommand({ Name: name }))
    return { imageId: Parameter?.Value ?? '', version: Parameter?.Version ?? 0 }
  } catch (error) {
    if (isAwsError(error, 'ParameterNotFound')) return undefined
    return awsCall(`read the alias ${name}`, () => Promise.reject(error))
  }
}

export const readAlias = (sdk: SdkConfig, environment: string): Promise<AliasSeen | undefined> =>
  read(sdk, names.imageAlias(environment))

const write = async (sdk: SdkConfig, name: string, imageId: string, overwrite: boolean): Promise<number> => {
  const { PutParameterCommand, SSMClient } = await import('../aws/sdk/ssm.ts')
  const { Version } = await new SSMClient(sdk).send(
    new PutParameterCommand({ Name: name, Value: imageId, Type: 'String', Overwrite: overwrite }),
  )
  return Version ?? 0
}

const refuse = (name: string, now: AliasSeen | undefined, imageId: string): UserError =>
  new UserError(
    `${name} was moved to ${now?.imageId ?? 'nothing'} by somebody else meanwhile; ${imageId} is verified and not published`,
    { hint: `npm run image:promote -- ${imageId}` },
  )

/**
 * Moves `current`, and `previous` to what it was, if it still is what was seen before the build. Parameter store
 * knows no condition, so a change in the same instant shows in the version and is told, not undone.
 */
export const publishImage = async (
  sdk: SdkConfig,
  environment: string,
  imageId: string,
  seen: AliasSeen | undefined,
): Promise<void> => {
  const name = names.imageAlias(environment)
  const now = await readAlias(sdk, environment)
  if (now?.version !== seen?.version || now?.imageId !== seen?.imageId) throw refuse(name, now, imageId)
  if (now?.imageId === imageId) return
  await awsCall(`publish ${imageId} as ${name}`, async () => {
    if (now !== undefined) await write(sdk, names.previousImageAlias(environment), now.imageId, true)
    try {
      const version = await write(sdk, name, imageId, now !== undefined)
      if (version !== (now?.version ?? 0) + 1)
        throw new UserError(`${name} was moved by somebody else in the same moment; it is ${imageId} now`, {
          hint: 'npm run image:list shows who is where',
        })
    } catch (error) {
      if (isAwsError(error, 'ParameterAlreadyExists'))
        throw refuse(name, await readAlias(sdk, environment), imageId)
      throw error
    }
  })
}
