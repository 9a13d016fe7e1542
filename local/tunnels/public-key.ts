/** Types that EC2 Instance Connect takes.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-prerequisites.html */
const types = ['ssh-rsa', 'ssh-ed25519']

/** The key says its type once more inside. */
const innerType = (bytes: Buffer): string | undefined => {
  if (bytes.length < 4) return undefined
  const length = bytes.readUInt32BE(0)
  return length < 32 && bytes.length >= 4 + length ? bytes.toString('latin1', 4, 4 + length) : undefined
}

/** Type and base64 of an OpenSSH line, without its comment; undefined when it is none that AWS takes. */
export const parsePublicKey = (line: string): string | undefined => {
  const [, type = '', base64 = ''] = /^(\S+) +([A-Za-z0-9+/]+={0,2})(?: [^\r\n]*)?\r?\n?$/.exec(line) ?? []
  return types.includes(type) && innerType(Buffer.from(base64, 'base64')) === type
    ? `${type} ${base64}`
    : undefined
}
