import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { UserError } from '../../config/user-error.ts'
import { printable, type UserName } from '../../config/user-name.ts'
import { planSshPlace } from '../../connect/ssh-config/place.ts'

/** Instance Connect takes these. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-prerequisites.html */
const taken = /^(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]+={0,2}(?: .*)?$/

/** The one line of a `.pub` file. Whatever else is in a file never leaves this computer. */
export const parsePublicKey = (text: string, file: string): string => {
  const line = text.trim()
  if (taken.test(line)) return line
  if (/PRIVATE KEY/.test(line)) throw new UserError(`${file} is a private key`, { hint: `--key ${file}.pub` })
  const type = /^[a-z0-9@.-]{1,60}(?= )/.exec(line)?.[0]
  throw new UserError(
    type === undefined
      ? `${file} holds no public key of OpenSSH`
      : `${file} is a key of type ${type}, EC2 Instance Connect takes ssh-ed25519 and ssh-rsa`,
    { hint: 'ssh-keygen -t ed25519 makes one' },
  )
}

/** The sandbox's own key, which lies where ssh looks whatever $HOME says, unless another one is named. */
export const loadPublicKey = (user: UserName, named: string | undefined): string => {
  const file = named === undefined ? `${planSshPlace(userInfo().homedir).identity}.pub` : resolve(named)
  try {
    return parsePublicKey(readFileSync(file, 'utf8'), printable(file))
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(
      `the public key ${printable(file)} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      {
        hint:
          named === undefined
            ? `npm run ssh:config -- --user ${user} --write makes it, or name one with --key <file.pub>`
            : '--key names the .pub file of a pair that ssh uses',
      },
    )
  }
}
