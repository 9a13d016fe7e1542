import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import { type App, S3Backend, TerraformStack } from 'cdktf'
import { names, tag } from '../config/names.ts'
import { pins } from '../config/pins.ts'

export interface BaseProps {
  readonly accountId: string
  readonly region: string
  readonly state: { readonly bucket: string; readonly region: string }
  /** Put on every resource that takes tags. */
  readonly tags: Readonly<Record<string, string>>
}

/** Provider, state and tags, the same for every stack. One stack has one state, named like the stack. */
export class BaseStack extends TerraformStack {
  constructor(app: App, name: string, props: BaseProps) {
    super(app, name)
    new AwsProvider(this, 'aws', {
      region: props.region,
      // Terraform itself refuses to act on any other account.
      allowedAccountIds: [props.accountId],
      defaultTags: [{ tags: { ...props.tags, [tag.region]: props.region } }],
    })
    new S3Backend(this, {
      bucket: props.state.bucket,
      key: names.stateKey(name),
      region: props.state.region,
      // Not `encrypt`: it asks for the keys of S3, past the bucket's own key.
      // https://developer.hashicorp.com/terraform/language/backend/s3#encrypt
    })
    // The bindings of cdktf 0.20 know neither native S3 locking nor this exact provider version.
    this.addOverride('terraform.backend.s3.use_lockfile', true)
    this.addOverride('terraform.required_providers.aws', {
      source: pins.awsProvider.source.replace('registry.terraform.io/', ''),
      version: pins.awsProvider.version,
    })
    this.addOverride('terraform.required_version', pins.terraform.accepts.replace(' ', ', '))
  }
}
