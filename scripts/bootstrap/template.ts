/** What stands in stacks/bootstrap.yaml for names that only an account and a region give. */
export interface BootstrapNames {
  readonly BucketName: string
  readonly LogBucketName: string
}

/** The template with the names in their places; CloudFormation imports nothing by a name that it has to look up. */
export const renderTemplate = (text: string, names: BootstrapNames): string =>
  Object.entries(names).reduce(
    (rendered, [parameter, value]) => rendered.replaceAll(`!Ref ${parameter}\n`, `${value}\n`),
    text,
  )
