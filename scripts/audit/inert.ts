/**
 * User agents, tags and names of resources are other people's text. Controls and characters without a shape (turned
 * writing, zero widths) become escapes, one for each UTF-16 unit, which is also how JSON writes them.
 */
export const inertText = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
