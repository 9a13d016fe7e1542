import { type Tree, textsIn } from '../tree.ts'
import type { ToolCall, Turn } from './transcript.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface DraftTurn extends Mutable<Turn> {
  calls: Mutable<ToolCall>[]
}

/** More of one result than this holds no request id that matters. */
const longestOutput = 1_000_000

/** `exit status: 0` of V2, `0` of classic chats, `Exit Code: 0` at the end of what V3 keeps. */
const parseExit = (texts: readonly string[], structured: unknown): number | undefined => {
  const said = typeof structured === 'number' ? String(structured) : structured
  const found =
    typeof said === 'string'
      ? /(-?\d{1,9})\s*$/.exec(said)
      : texts.map((text) => /Exit Code: (-?\d{1,9})\s*$/.exec(text)).find((one) => one !== null)
  return found?.[1] === undefined ? undefined : Number(found[1])
}

/** The three harnesses tell one story in three spellings: this is where it is put together. */
export class Draft {
  readonly turns: DraftTurn[] = []
  readonly unknown = new Map<string, number>()
  unreadable = 0
  /** When the last thing of which a time is known had happened. */
  #seen: number | undefined
  readonly #open = new Map<string, Mutable<ToolCall>>()

  prompt(text: string, at: number | undefined): void {
    this.seen(at)
    this.turns.push({ at, prompt: text, agent: undefined, calls: [] })
  }

  seen(at: number | undefined): void {
    if (at !== undefined) this.#seen = at
  }

  call(id: string, tool: string, input: Tree): void {
    // A file of which only the end is here begins in the middle of a turn.
    if (this.turns.length === 0) this.prompt('', undefined)
    const call = {
      id,
      tool,
      input,
      status: '',
      exit: undefined,
      output: [],
      from: this.#seen,
      until: undefined,
    }
    this.turns.at(-1)?.calls.push(call)
    this.#open.set(id, call)
  }

  result(id: string, status: string, content: unknown, exit: unknown, at: number | undefined): void {
    const call = this.#open.get(id)
    this.#open.delete(id)
    this.seen(at)
    if (call === undefined) return
    const texts = [...textsIn(content)].map((text) => text.slice(0, longestOutput))
    Object.assign(call, { status, output: texts, exit: parseExit(texts, exit), until: at })
  }

  strange(kind: string): void {
    this.unknown.set(kind, (this.unknown.get(kind) ?? 0) + 1)
  }

  /** What has no end of its own ended with its turn, and that at the latest when the next one began. @param ends of turns */
  settle(ends: readonly number[], last: number | undefined): readonly Turn[] {
    for (const [index, turn] of this.turns.entries()) {
      const next = this.turns.slice(index + 1).find(({ at }) => at !== undefined)?.at
      const { at } = turn
      const own = at === undefined ? undefined : ends.find((end) => end >= at)
      const limits = [own, next, last].filter((one) => one !== undefined)
      const end = limits.length === 0 ? undefined : Math.min(...limits)
      for (const call of turn.calls) {
        call.from ??= at
        call.until ??= end
      }
    }
    return this.turns
  }
}
