import { type Command, type Flags, renderWords } from './command.ts'

const left = (name: string, flag: Flags[string]): string =>
  `  --${name}${flag.type === 'string' ? ` <${flag.value}>` : ''}`

/** The help screen. Colours would only be in the way of grep here. */
export const renderHelp = (command: Command): string => {
  const shown = renderWords(command.words)
  const words = Object.values(command.words ?? {}).map(({ about }, at) => [`  ${shown[at]}`, about] as const)
  const rows = [
    ...Object.entries(command.flags).map(([name, flag]) => [left(name, flag), flag.about] as const),
    ['  --help', 'this page'] as const,
  ]
  const width = Math.max(...[...words, ...rows].map(([first]) => first.length)) + 3
  const line = ([first, about]: readonly [string, string]) => `${first.padEnd(width)}${about}`
  return [
    `${command.name}: ${command.summary}`,
    '',
    ...(words.length === 0 ? [] : ['arguments', ...words.map(line), '']),
    'options',
    ...rows.map(line),
    '',
    'examples',
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n')
}
