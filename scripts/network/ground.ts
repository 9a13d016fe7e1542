/** A route with a target: where packets for some addresses go. */
export type Target = 'nat' | 'internet gateway' | 'elsewhere' | 's3 endpoint'

/** What AWS says about a network that the settings name. */
export interface NetworkGround {
  /** undefined: there is none of that id. */
  readonly vpc:
    | {
        readonly id: string
        readonly ranges: readonly string[]
        readonly dnsSupport: boolean
        readonly dnsHostnames: boolean
      }
    | undefined
  readonly subnets: readonly {
    readonly id: string
    readonly vpcId: string
    readonly freeAddresses: number
    /** Of the world, and of the prefix lists of gateway endpoints. */
    readonly routes: readonly Target[]
  }[]
  /** Interface endpoints of the VPC. */
  readonly endpoints: readonly {
    readonly id: string
    readonly service: string
    readonly state: string
    readonly privateDns: boolean
    readonly groupIds: readonly string[]
    /** JSON. */
    readonly policy: string
  }[]
  readonly connectEndpoints: readonly {
    readonly id: string
    readonly state: string
    readonly groupIds: readonly string[]
    /** Made by our own network stack. */
    readonly ours: boolean
  }[]
  readonly groups: readonly {
    readonly id: string
    readonly vpcId: string
    readonly rules: readonly GroupRule[]
  }[]
}

export interface GroupRule {
  readonly out: boolean
  /** `-1`: all. */
  readonly protocol: string
  readonly from: number
  readonly to: number
  /** Undefined: a security group or a prefix list. */
  readonly range: string | undefined
}

/** What stands in the way, in one sentence, and what to type or change. */
export interface Problem {
  readonly message: string
  readonly hint: string
}
