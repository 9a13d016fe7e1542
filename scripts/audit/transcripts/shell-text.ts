/** One simple command of a shell text: its words without quotes, and what is set for it alone. */
export interface Command {
  readonly words: readonly string[]
  readonly settings: ReadonlyMap<string, string>
}

/** Quoted parts, what separates commands, and the rest. Variables stay as they are: what they hold nobody kept. */
const token =
  /\\\r?\n|\s*(\r?\n|;|&&|\|\||[|&()`{}]|\$\()\s*|[ \t]+|'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|(\\[\s\S]|[^\s'"\\;|&()`{}$]+|\$)/g

const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/

const finish = (words: readonly string[], lasting: Map<string, string>): Command | undefined => {
  const settings = new Map(lasting)
  let first = 0
  for (; first < words.length; first += 1) {
    const found = assignment.exec(words[first] ?? '')
    if (found === null) break
    settings.set(found[1] ?? '', found[2] ?? '')
  }
  const rest = words.slice(first)
  // `export X=y`, and `X=y` alone, hold for all that follows.
  const kept = rest[0] === 'export' ? rest.slice(1) : rest.length === 0 ? words : []
  for (const word of kept) {
    const found = assignment.exec(word)
    if (found !== null) lasting.set(found[1] ?? '', found[2] ?? '')
  }
  return rest.length === 0 ? undefined : { words: rest, settings }
}

/** Good enough to see which programs a person or a model meant to run; it is no shell. */
export const commandsOf = (text: string): readonly Command[] => {
  const commands: Command[] = []
  const lasting = new Map<string, string>()
  let words: string[] = []
  let word: string | undefined
  const endWord = () => {
    if (word !== undefined) words.push(word)
    word = undefined
  }
  const endCommand = () => {
    endWord()
    const command = words.length === 0 ? undefined : finish(words, lasting)
    if (command !== undefined) commands.push(command)
    words = []
  }
  for (const [whole, separator, single, double, plain] of text.matchAll(token)) {
    if (separator !== undefined) endCommand()
    else if (single !== undefined) word = (word ?? '') + single
    else if (double !== undefined) word = (word ?? '') + double.replace(/\\(["\\$`])/g, '$1')
    else if (plain !== undefined) word = (word ?? '') + plain.replace(/^\\/, '')
    else if (!whole.startsWith('\\')) endWord()
  }
  endCommand()
  return commands
}
