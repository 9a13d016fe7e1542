/** What a container is made of, as the API has it. https://docs.docker.com/reference/api/engine/ */
export interface ContainerSpec {
  readonly Image: string
  readonly Cmd?: readonly string[]
  readonly Hostname?: string
  readonly Env?: readonly string[]
  readonly Labels?: Readonly<Record<string, string>>
  readonly StopSignal?: string
  readonly Tty?: boolean
  readonly HostConfig?: HostConfig
}

export interface HostConfig {
  readonly NetworkMode: string
  readonly Ulimits: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[]
  readonly CapAdd: readonly string[]
  readonly CapDrop?: readonly string[]
  readonly Binds: readonly string[]
  readonly Tmpfs?: Readonly<Record<string, string>>
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> }
  readonly Dns?: readonly string[]
  readonly DnsOptions?: readonly string[]
  readonly DnsSearch?: readonly string[]
  readonly ExtraHosts?: readonly string[]
  readonly CgroupnsMode?: 'host' | 'private'
  readonly CgroupParent?: string
  readonly SecurityOpt?: readonly string[]
}
