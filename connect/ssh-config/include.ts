/**
 * Our part of ~/.ssh/config: one Include between two comments, before everything else, because a line below a
 * `Host` would belong to that host.
 * https://man.openbsd.org/ssh_config#Include
 */
const begin = '# kiro-sandbox: begin, kept by npm run ssh:config'
const end = '# kiro-sandbox: end'

const ours = new RegExp(`^${begin}\\r?\\n(?:.*\\r?\\n)*?${end}(?:\\r?\\n|$)`, 'm')

/** Relative to ~/.ssh, so that a config kept in a repository serves on every computer. */
export const ownInclude = 'Include kiro-sandbox/*.conf'

/** For a config that is not the one ssh reads by itself: relative paths would lead to ~/.ssh all the same. */
export const includeOf = (folder: string): string | undefined =>
  // What ssh, or glob(3), would read as something else; there is no way of writing it that all versions share.
  /["'\\%$*?[\]{}\r\n]/.test(folder) ? undefined : `Include "${folder}/*.conf"`

/** Files are handled as latin1 text: each byte is one character, so whatever a person wrote comes back as it was. */
export const withoutInclude = (config: string): string => config.replace(ours, '')

/** The file with our Include at its top; every other byte as it was. Twice is as once. */
export const withInclude = (config: string, include = ownInclude): string => {
  const rest = withoutInclude(config)
  const newline = /^[^\n]*\r\n/.test(rest) ? '\r\n' : '\n'
  return [begin, include, end].map((line) => line + newline).join('') + rest
}

export const hasInclude = (config: string): boolean => ours.test(config)

/** Also when its owner has put the line there himself, because the file is one that only he can change. */
export const leadsToUs = (config: string): boolean => {
  const [head = ''] = config.split(/^[ \t]*(?:host|match)\b/im)
  return hasInclude(config) || /^[ \t]*include[ \t]+"?(?:~\/\.ssh\/)?kiro-sandbox\/\*\.conf/im.test(head)
}
