import { quoteWord } from '../config/shell-word.ts'

/** The one line of a script that values replace: `# @inject: name other_name`. */
const marker = /^# @inject: (.+)$/m

/**
 * Puts values into a shell script as quoted assignments at its marker. The script stays complete bash that a
 * linter reads as it is; nothing is ever pasted into the middle of code.
 */
export const renderScript = (script: string, values: Readonly<Record<string, string>>): string => {
  const declared = marker.exec(script)?.[1]?.trim().split(/\s+/) ?? []
  const given = Object.keys(values)
  const odd = [
    ...declared.filter((name) => !given.includes(name)),
    ...given.filter((name) => !declared.includes(name)),
  ]
  if (odd.length > 0) throw new Error(`script and values disagree on: ${odd.join(', ')}`)
  // A function, because a plain replacement string would expand `$&` inside a value.
  return script.replace(marker, () =>
    declared.map((name) => `${name}=${quoteWord(values[name] ?? '')}`).join('\n'),
  )
}
