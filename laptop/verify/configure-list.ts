/** What `aws configure list` says about one profile. */
export interface Listed {
  readonly profile: string | undefined
  /** Where the CLI has found keys: env, shared-credentials-file, custom-process, iam-role, sso ... */
  readonly source: string | undefined
}

const cell = (output: string, name: string): { value: string; type: string } | undefined => {
  // Columns by white space until 2.30, by colons since.
  // https://github.com/aws/aws-cli/blob/v2/awscli/customizations/configure/list.py
  const line = new RegExp(`^\\s*${name}\\s*:?\\s+(<not set>|\\S+)\\s*:?\\s+(\\S+)`, 'm').exec(output)
  return line === null ? undefined : { value: line[1] ?? '', type: line[2] ?? '' }
}

export const parseConfigureList = (output: string): Listed => {
  const set = (name: string) => {
    const found = cell(output, name)
    return found === undefined || found.value === '<not set>' || found.value === 'None' ? undefined : found
  }
  return { profile: set('profile')?.value, source: set('access_key')?.type }
}

/** Both versions of the CLI, and every SDK made on botocore. */
export const saysNotFound = (stderr: string): boolean => /profile \(.*\) could not be found/.test(stderr)
