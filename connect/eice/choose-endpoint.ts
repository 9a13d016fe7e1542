/** What DescribeInstanceConnectEndpoints says about one of them. */
export interface Endpoint {
  readonly id: string
  readonly dnsName: string
  readonly subnetId: string
  readonly state: string
  /** Account. */
  readonly ownerId: string
}

/** States in which an endpoint carries tunnels. */
export const usableStates = ['create-complete', 'update-in-progress', 'update-failed', 'update-complete']

/** The endpoint in the instance's own subnet, because that costs no traffic between zones; else any of its VPC. */
export const chooseEndpoint = (
  endpoints: readonly Endpoint[],
  subnetId: string | undefined,
): Endpoint | undefined => {
  const usable = endpoints.filter(({ state }) => usableStates.includes(state))
  return usable.find((one) => one.subnetId === subnetId) ?? usable[0]
}
