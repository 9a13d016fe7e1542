/** A public host key as OpenSSH writes it: type and base64, without a comment. */
export interface HostKey {
  readonly type: string
  readonly key: string
}

/** Of what `cat /etc/ssh/ssh_host_*_key.pub` prints; other lines are left out. */
export const parseHostKeys = (text: string): HostKey[] =>
  text.split('\n').flatMap((line) => {
    const [, type, key] =
      /^(ssh-ed25519|ecdsa-sha2-nistp\d{3}|ssh-rsa) ([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(line) ?? []
    return type === undefined || key === undefined ? [] : [{ type, key }]
  })

const nameOf = (line: string): string | undefined => line.split(/\s/)[0]

/** Our known_hosts without a host, e.g. because its machine is gone. */
export const withoutHost = (knownHosts: string, name: string): string =>
  knownHosts
    .split('\n')
    .filter((line) => line !== '' && nameOf(line) !== name)
    .map((line) => `${line}\n`)
    .join('')

/** Our known_hosts with exactly these keys for one host; all others stay. */
export const withHost = (knownHosts: string, name: string, keys: readonly HostKey[]): string =>
  withoutHost(knownHosts, name) + keys.map(({ type, key }) => `${name} ${type} ${key}\n`).join('')
