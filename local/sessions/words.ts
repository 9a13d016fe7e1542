import { StartFailure } from './program.ts'

const escaped = (character: string, next: string | undefined, quoted: boolean): string =>
  quoted && next !== undefined && !/["\\$`\n]/.test(next) ? character + next : (next ?? '')

/**
 * A command line as words, by the rules of a POSIX shell for quotes and backslashes and nothing else: the agent
 * starts the program itself, and there is no shell that would look at `|` or `$`.
 * https://github.com/google/shlex
 */
export const splitWords = (line: string): string[] => {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index] as string
    if (character === '\\' && quote !== "'") {
      word = (word ?? '') + escaped(character, line[index + 1], quote === '"')
      index += 1
    } else if (quote !== '') {
      if (character === quote) quote = ''
      else word += character
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + character
  }
  if (quote !== '') throw new StartFailure(`Unable to start command: a ${quote} is not closed`)
  return word === undefined ? words : [...words, word]
}
