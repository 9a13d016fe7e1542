import type { Io } from '../cli/io.ts'

export interface Option<T> {
  readonly value: T
  /** What it is, on one line. */
  readonly says: string
}

/** `2`, or `1, 3` where several may be taken. undefined: no such choice. */
export const parseChoice = (text: string, count: number, several: boolean): number[] | undefined => {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  const numbers = [...new Set(words.map(Number))]
  const valid = numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= count)
  return valid && numbers.length > 0 && (several || numbers.length === 1)
    ? numbers.map((number) => number - 1)
    : undefined
}

const show = (io: Io, title: string, options: readonly Option<unknown>[]): void => {
  io.story.say('')
  io.story.say(title)
  options.forEach(({ says }, index) => {
    io.story.say(`  ${index + 1}  ${says}`)
  })
}

const askNumbers = async (io: Io, count: number, normal: string, several: boolean): Promise<number[]> => {
  for (;;) {
    const text = (await io.ask(`${several ? 'numbers' : 'number'} [${normal}] `)) || normal
    const chosen = parseChoice(text, count, several)
    if (chosen !== undefined) return chosen
    io.story.warn(`"${text}" is not ${several ? 'a list of numbers' : 'a number'} from 1 to ${count}`)
  }
}

/** Shows a numbered list and takes one; Enter takes `normal`. */
export const choose = async <T>(
  io: Io,
  title: string,
  options: readonly Option<T>[],
  normal: T,
): Promise<T> => {
  show(io, title, options)
  const at = Math.max(
    0,
    options.findIndex(({ value }) => value === normal),
  )
  const [index = at] = await askNumbers(io, options.length, String(at + 1), false)
  return options[index]?.value ?? normal
}

export const chooseSome = async <T>(
  io: Io,
  title: string,
  options: readonly Option<T>[],
  normal: readonly T[],
): Promise<T[]> => {
  show(io, title, options)
  const at = options.flatMap(({ value }, index) => (normal.includes(value) ? [index + 1] : []))
  const chosen = await askNumbers(io, options.length, at.length === 0 ? '1' : at.join(','), true)
  return chosen.flatMap((index) => options[index]?.value ?? [])
}

/** Asks until the text is one; Enter takes `normal`, which may be nothing. */
export const askText = async (
  io: Io,
  question: string,
  normal: string | undefined,
  refuse: (text: string) => string | undefined,
): Promise<string> => {
  for (;;) {
    const shown = normal === undefined ? '' : `[${normal === '' ? 'none' : normal}] `
    const text = (await io.ask(`${question} ${shown}`)) || (normal ?? '')
    if (text === '' && normal === '') return ''
    const why = refuse(text)
    if (why === undefined) return text
    io.story.warn(`"${text}": ${why}`)
  }
}
