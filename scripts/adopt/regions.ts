interface Provider {
  readonly alias?: string
  readonly region: string
}

/** Where a resource of the stack is: in the region of its provider, else in that of the stack. */
export const listRegions = (terraformJson: string): ((provider?: unknown) => string) => {
  const { provider } = JSON.parse(terraformJson) as { provider: { aws: readonly Provider[] } }
  const regions = new Map(provider.aws.map(({ alias, region }) => [alias && `aws.${alias}`, region]))
  return (name) => regions.get(typeof name === 'string' ? name : undefined) ?? ''
}
