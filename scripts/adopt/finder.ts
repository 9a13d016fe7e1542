import { awsCall, isAwsError } from '../aws/call.ts'
import type { DeclaredResource } from './imports.ts'

/** Id of something that exists, undefined when it does not. */
export type Finder = (resource: DeclaredResource) => Promise<string | undefined>

/** @param gone names of the errors that say so */
export const ifThere = async (
  doing: string,
  gone: readonly string[],
  find: () => Promise<string | undefined>,
): Promise<string | undefined> => {
  try {
    return await find()
  } catch (error) {
    if (isAwsError(error, ...gone)) return undefined
    return awsCall(doing, () => Promise.reject(error))
  }
}
