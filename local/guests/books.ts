import type { Backend } from '../gateway/backend.ts'
import type { RoleCredentials } from '../imds/credentials.ts'
import type { Instance, InstanceState } from './instance.ts'

/** An image of the account, as the books know it: one row of `GET /_shim/images`. */
export interface BookImage {
  readonly imageId: string
  readonly region: string
  readonly state: 'pending' | 'available' | 'failed'
  readonly name: string
  readonly architecture: string
  /** Set for an image that CreateImage made. */
  readonly sourceInstanceId: string | null
  /** Set for an image that CopyImage made. */
  readonly sourceImageId: string | null
  /** CreateImage was asked not to stop the machine meanwhile. */
  readonly noReboot: boolean
}

export interface StateReason {
  /** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html */
  readonly code: string
  readonly message: string
}

export interface InstanceChange {
  readonly instanceId: string
  readonly state?: InstanceState
  /** Only when the books say one of these now; somebody may have asked for something else meanwhile. */
  readonly from?: readonly InstanceState[]
  readonly reason?: StateReason
  readonly status?: 'initializing' | 'ok' | 'impaired'
}

/** What moto keeps about machines, read and corrected by those who run them. */
export interface Books {
  listInstances(ids?: readonly string[]): Promise<Instance[]>
  listImages(): Promise<BookImage[]>
  /** False when `from` did not fit, or nothing had to change. */
  changeInstance(change: InstanceChange): Promise<boolean>
  changeImage(imageId: string, state: 'available' | 'failed', reason?: string): Promise<void>
  /** undefined: no profile, or a profile without a role. */
  findRoleCredentials(instanceId: string): Promise<RoleCredentials | undefined>
}

export const createBooks = (backend: Pick<Backend, 'ask'>): Books => {
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T | undefined> => {
    const reply = await backend.ask(method, `/_shim/${path}`, body)
    if (reply.status === 404) return undefined
    if (reply.status !== 200) throw new Error(`the books answered ${reply.status} to ${path}: ${reply.body}`)
    return JSON.parse(reply.body.toString()) as T
  }
  return {
    async listInstances(ids = []) {
      const query = ids.map((id) => `id=${encodeURIComponent(id)}`).join('&')
      const path = query === '' ? 'instances' : `instances?${query}`
      return (await ask<{ instances: Instance[] }>('GET', path))?.instances ?? []
    },
    async listImages() {
      return (await ask<{ images: BookImage[] }>('GET', 'images'))?.images ?? []
    },
    async changeInstance(change) {
      return (await ask<{ changed: boolean }>('POST', 'instance-state', change))?.changed ?? false
    },
    async changeImage(imageId, state, reason) {
      await ask('POST', 'image-state', { imageId, state, ...(reason === undefined ? {} : { reason }) })
    },
    findRoleCredentials: (instanceId) => ask('POST', 'role-credentials', { instanceId }),
  }
}
