/** One word for a POSIX shell, whatever is in it. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 */
export const quoteWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** The same for commands that people read: what needs no quotes has none. */
export const shellWord = (text: string): string =>
  /^[A-Za-z0-9_./:=@-]+$/.test(text) ? text : quoteWord(text)
