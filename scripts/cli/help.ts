import type { Command, Flags } from './command.ts'

const left = (name: string, flag: Flags[string]): string =>
  `  --${name}${flag.type === 'string' ? ` <${flag.value}>` : ''}`

/** The help screen. Colours would only be in the way of grep here. */
export const renderHelp = (command: Command): string => {
  const rows = [
    ...Object.entries(command.flags).map(([name, flag]) => [left(name, flag), flag.about] as const),
    ['  --help', 'this page'] as const,
  ]
  const width = Math.max(...rows.map(([first]) => first.length)) + 3
  return [
    `${command.name}: ${command.summary}`,
    '',
    'options',
    ...rows.map(([first, about]) => `${first.padEnd(width)}${about}`),
    '',
    'examples',
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n')
}
