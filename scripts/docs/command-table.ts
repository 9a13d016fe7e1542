import { type Command, type Flags, renderWords } from '../cli/command.ts'

const flagOf = ([name, flag]: [string, Flags[string]]): string =>
  `\`--${name}${flag.type === 'string' ? ` <${flag.value}>` : ''}\``

/** Markdown table of all commands, from their definitions. */
export const renderCommandTable = (commands: readonly Command[]): string =>
  [
    '| `npm run ...` | what it does | options |',
    '|---|---|---|',
    ...commands.map(
      ({ name, words, summary, flags }) =>
        `| \`${[name, ...renderWords(words)].join(' ')}\` | ${summary} | ${Object.entries(flags).map(flagOf).join(' ')} |`,
    ),
  ].join('\n')

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`. */
export const replaceBetween = (text: string, name: string, content: string): string => {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the markers ${begin} and ${end} are missing`)
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`
}
