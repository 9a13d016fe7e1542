/** A public key that somebody may log in with for a minute. */
export interface PushedKey {
  readonly instanceId: string
  readonly user: string
  /** Type and base64, as in authorized_keys. */
  readonly publicKey: string
  /** ARN of who has pushed it. */
  readonly caller: string
  readonly requestId: string
}

export interface PushedKeys {
  push(key: PushedKey): void
  /** Name of the user -> what the metadata service shows as active keys. Users without one are left out. */
  list(instanceId: string): Readonly<Record<string, string>>
}

/** https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html */
export const keyMilliseconds = 60_000

/** Below each key the real service adds its signature, which nobody but AWS can make. */
const render = ({ instanceId, publicKey, caller, requestId }: PushedKey): string =>
  [`#Instance=${instanceId}`, `#Caller=${caller}`, `#Request=${requestId}`, publicKey, ''].join('\n')

/** @param now monotonic milliseconds: a clock that is set makes no key live longer */
export const createPushedKeys = (now: () => number): PushedKeys => {
  let kept: { readonly key: PushedKey; readonly until: number }[] = []
  const forgetOld = () => {
    const time = now()
    kept = kept.filter(({ until }) => until > time)
  }
  return {
    push(key) {
      forgetOld()
      kept.push({ key, until: now() + keyMilliseconds })
    },
    list(instanceId) {
      forgetOld()
      const users: Record<string, string> = {}
      for (const { key } of kept)
        if (key.instanceId === instanceId) users[key.user] = (users[key.user] ?? '') + render(key)
      return users
    },
  }
}
