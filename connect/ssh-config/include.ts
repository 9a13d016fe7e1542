/**
 * Our part of ~/.ssh/config: one Include between two comments, before everything else, because a line below a
 * `Host` would belong to that host. Relative paths start at ~/.ssh.
 * https://man.openbsd.org/ssh_config#Include
 */
const begin = '# kiro-sandbox: begin, kept by npm run ssh:config'
const end = '# kiro-sandbox: end'
const lines = [begin, 'Include kiro-sandbox/*.conf', end]

const ours = new RegExp(`^${begin}\\r?\\n(?:.*\\r?\\n)*?${end}(?:\\r?\\n|$)`, 'm')

/** Files are handled as latin1 text: each byte is one character, so whatever a person wrote comes back as it was. */
export const withoutInclude = (config: string): string => config.replace(ours, '')

/** The file with our Include at its top; every other byte as it was. Twice is as once. */
export const withInclude = (config: string): string => {
  const rest = withoutInclude(config)
  const newline = /^[^\n]*\r\n/.test(rest) ? '\r\n' : '\n'
  return lines.map((line) => line + newline).join('') + rest
}

export const hasInclude = (config: string): boolean => ours.test(config)
