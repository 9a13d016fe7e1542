/** A public host key as OpenSSH writes it: type and base64, without a comment. */
export interface HostKey {
  readonly type: string
  readonly key: string
}

/** Of what `cat /etc/ssh/ssh_host_*_key.pub` prints; other lines are left out. */
export const parseHostKeys = (text: string): HostKey[] =>
  text.split(/\r?\n/).flatMap((line) => {
    const [, type, key] =
      /^(ssh-ed25519|ecdsa-sha2-nistp\d{3}|ssh-rsa) ([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(line) ?? []
    return type === undefined || key === undefined ? [] : [{ type, key }]
  })

/** Exactly these keys for one machine. A machine that takes its place has another name, and no key here. */
export const renderKnownHosts = (instanceId: string, keys: readonly HostKey[]): string =>
  keys.map(({ type, key }) => `${instanceId} ${type} ${key}\n`).join('')

export const isPinned = (knownHosts: string, instanceId: string): boolean =>
  knownHosts.split('\n').some((line) => line.startsWith(`${instanceId} `))
