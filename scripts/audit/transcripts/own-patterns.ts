const secretWord =
  '(?:pass(?:word|wd|phrase|code)?|pwd|secret(?:[_-]?(?:access)?[_-]?key|[_-]?string|[_-]?binary)?|token|api[_-]?key|private[_-]?key|credentials?|x-amz-(?:signature|security-token|credential))'

const quoted = String.raw`"(?:\\.|[^"\\]){0,2000}"|'[^']{0,2000}'`

/**
 * What the kept rules leave out, because a linter that cries wolf is switched off: here a word too many that is hidden
 * costs nothing. The secret part of each match is its last group, or all of it; every repetition has an end, for the
 * text may have been written to make them slow.
 */
export const ownPatterns: readonly RegExp[] = [
  // A header, whatever its scheme, up to the end of the line or of the quotes.
  /(authorization["']?\s{0,9}[:=]\s{0,9}["']?)([^"'\r\n]+)/gi,
  /(\b(?:bearer|basic)\s{1,9})([A-Za-z0-9._~+/=-]{8,})/gi,
  // name: value, name=value, "name": "value", also as the end of a longer name such as MASTER_USER_PASSWORD.
  new RegExp(`(${secretWord}["']?\\s{0,9}[:=]\\s{0,9})(${quoted}|[^\\s"'&,;)}]+)`, 'gi'),
  // --master-user-password value, and what `aws configure set` is given.
  new RegExp(`(--[A-Za-z0-9-]{0,60}${secretWord}\\s{1,9})(${quoted}|[^\\s"']+)`, 'gi'),
  /(\baws_(?:secret_access_key|session_token|security_token|access_key_id)\s{1,9})(\S+)/gi,
  // user:password@ in an address of any scheme.
  /(:\/\/[^\s/:@"']{0,200}:)([^\s@/"']{1,500})(?=@)/gi,
  /(\s-u\s{0,9}["']?[^\s:"']{1,200}:)([^\s"']+)/g,
  // A key that was cut off has no end.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  // Session tokens of STS, JSON web tokens, keys of Kiro itself: https://kiro.dev/docs/cli/headless/
  /\b(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=_%-]{40,}/g,
  /\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{4,}\.?[A-Za-z0-9_-]*/g,
  /\bksk_[A-Za-z0-9_-]{8,}/g,
]

/** Of a member of a request: its value says nothing that may be shown, its name does. */
export const isSecretName = (name: string): boolean =>
  new RegExp(secretWord, 'i').test(name) && !/(id|arn|name)s?$/i.test(name)
