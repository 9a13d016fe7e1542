import Handlebars from 'handlebars'

/**
 * Values into a text that is no shell script. Strict both ways: a value that is missing and one that nobody
 * uses are mistakes. Texts are configuration, not HTML, so nothing is escaped.
 */
export const renderTemplate = (
  name: string,
  text: string,
  values: Readonly<Record<string, string>>,
): string => {
  const used = new Set(
    [...text.matchAll(/\{\{\{?\s*([A-Za-z0-9_]+)\s*\}?\}\}/g)].map(([, word = '']) => word),
  )
  const unused = Object.keys(values).filter((word) => !used.has(word))
  if (unused.length > 0) throw new Error(`${name} has no place for ${unused.join(', ')}`)
  try {
    return Handlebars.compile(text, { strict: true, noEscape: true })(values)
  } catch (cause) {
    throw new Error(`${name}: ${(cause as Error).message}`, { cause })
  }
}
