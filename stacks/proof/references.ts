/** Attributes of a resource, as Terraform JSON has them. */
export type Attributes = Readonly<Record<string, unknown>>

export interface TerraformJson {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>
  readonly output?: Readonly<Record<string, { readonly value: unknown }>>
}

/** What AWS would have made of a sandbox's resources: ids in its own form, different for every engineer. */
export interface FilledIn {
  readonly accountId: string
  readonly region: string
  readonly instanceId: string
  readonly privateIp: string
}

/** A reference that is not known here is a gap of the proof, not of the stack: it must not pass as text. */
const attribute = (json: TerraformJson, filled: FilledIn, type: string, id: string, name: string): string => {
  const block = json.resource[type]?.[id]
  const arn = (kind: string) => `arn:aws:iam::${filled.accountId}:${kind}/${String(block?.name)}`
  const known: Readonly<Record<string, string>> = {
    'aws_instance.arn': `arn:aws:ec2:${filled.region}:${filled.accountId}:instance/${filled.instanceId}`,
    'aws_instance.id': filled.instanceId,
    'aws_instance.private_ip': filled.privateIp,
    'aws_iam_policy.arn': arn('policy'),
    'aws_iam_role.arn': arn('role'),
    'aws_iam_role.name': String(block?.name),
    'aws_sns_topic.arn': `arn:aws:sns:us-east-1:${filled.accountId}:${String(block?.name)}`,
  }
  const value = block && known[`${type}.${name}`]
  if (value === undefined) throw new Error(`the proof cannot fill in \${${type}.${id}.${name}}`)
  return value
}

const reference = /(?<!\$)\$\{([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.([a-z_]+)\}/g

/** Terraform's text as it would be stored: references filled in, `$${` back to `${`. */
export const fillIn = (json: TerraformJson, filled: FilledIn, text: string): string =>
  text
    .replace(reference, (_, type: string, id: string, name: string) =>
      attribute(json, filled, type, id, name),
    )
    .replaceAll('$${', '${')
