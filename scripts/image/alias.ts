import type { Parameter } from '@aws-sdk/client-ssm'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import {
  type Aliases,
  type AliasName,
  type AliasValue,
  decideMove,
  describeChange,
} from '../../images/alias.ts'
import type { AliasUse } from '../../images/our-image.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import { withAliasLock } from './alias-lock.ts'
import type { ImageStore } from './image-store.ts'

const parameterOf: Readonly<Record<AliasName, (environment: string) => string>> = {
  current: names.imageAlias,
  previous: names.previousImageAlias,
}

const parseAlias = (found: Parameter | undefined): AliasValue | undefined =>
  found?.Value === undefined
    ? undefined
    : {
        imageId: found.Value,
        version: found.Version ?? 0,
        changedAt: found.LastModifiedDate?.toISOString(),
      }

export const readAliases = async (sdk: SdkConfig, environment: string): Promise<Aliases> => {
  const { GetParametersCommand, SSMClient } = await import('../aws/sdk/ssm.ts')
  const Names = [names.imageAlias(environment), names.previousImageAlias(environment)]
  const { Parameters = [] } = await awsCall(`read the image aliases of ${environment}`, () =>
    new SSMClient(sdk).send(new GetParametersCommand({ Names })),
  )
  const [current, previous] = Names.map((name) => parseAlias(Parameters.find(({ Name }) => Name === name)))
  return { environment, current, previous }
}

/** The aliases of every environment: an image that any of them names is in use. */
export const listAliases = async (sdk: SdkConfig): Promise<AliasUse[]> => {
  const { paginateGetParametersByPath, SSMClient } = await import('../aws/sdk/ssm.ts')
  const ofImage = /^\/kiro-sandbox\/([^/]+)\/image\/(current|previous)$/
  return awsCall('list the image aliases', async () => {
    const uses: AliasUse[] = []
    const pages = paginateGetParametersByPath(
      { client: new SSMClient(sdk) },
      { Path: names.parameterRoot, Recursive: true },
    )
    for await (const { Parameters = [] } of pages)
      for (const { Name = '', Value = '' } of Parameters) {
        const [, environment, alias] = ofImage.exec(Name) ?? []
        if (environment !== undefined) uses.push({ environment, alias: alias as AliasName, imageId: Value })
      }
    return uses.sort((a, b) => `${a.environment} ${a.alias}`.localeCompare(`${b.environment} ${b.alias}`))
  })
}

const raced = (name: string, cause?: unknown): UserError =>
  new UserError(`${name} was changed by somebody else in the same moment`, {
    hint: 'npm run image:list shows what it is now',
    cause,
  })

/** Whoever writes without our lock, such as the console, shows in the version. */
const writeAlias = async (
  sdk: SdkConfig,
  name: string,
  was: AliasValue | undefined,
  imageId: string,
): Promise<void> => {
  const { PutParameterCommand, SSMClient } = await import('../aws/sdk/ssm.ts')
  const call = new PutParameterCommand({
    Name: name,
    Value: imageId,
    Type: 'String',
    Overwrite: was !== undefined,
  })
  try {
    const { Version } = await new SSMClient(sdk).send(call)
    if (Version !== (was?.version ?? 0) + 1) throw raced(name)
  } catch (error) {
    if (isAwsError(error, 'ParameterAlreadyExists')) throw raced(name, error)
    await awsCall(`move ${name}`, () => Promise.reject(error))
  }
}

export interface AliasMove {
  readonly sdk: SdkConfig
  readonly store: ImageStore
  /** What the decision was made from; when it is not so any more, nothing is moved. */
  readonly read: Aliases
  readonly to: string
  readonly signal: AbortSignal
}

/** Moves `current`, and `previous` to what it was. @returns false when current names the image already */
export const moveAlias = ({ sdk, store, read, to, signal }: AliasMove): Promise<boolean> =>
  withAliasLock(store, read.environment, signal, async () => {
    const now = await readAliases(sdk, read.environment)
    const changed = describeChange(read, now)
    if (changed !== undefined && now.current?.imageId !== to)
      throw new UserError(`${changed}; nothing was changed`, {
        hint: `npm run image:list, then if it shall still be so: npm run image:promote -- ${to}`,
      })
    const writes = decideMove(now, to)
    for (const { alias, imageId } of writes)
      await writeAlias(sdk, parameterOf[alias](read.environment), now[alias], imageId)
    return writes.length > 0
  })
