import type { Story } from '../../config/story.ts'

interface Entry {
  /** As a person would look for it: `instance i-0abc`. */
  readonly what: string
  /** May be left for a look when the work has failed. */
  readonly keepable: boolean
  undo(): Promise<void>
}

/** What was acquired and how to give it back, last first. Every acquisition adds itself on its next line. */
export class Undo {
  private readonly entries: Entry[] = []

  /** @returns forgets it: it is meant to stay, or is gone already */
  add(what: string, undo: () => Promise<void>, keepable = false): () => void {
    const entry = { what, undo, keepable }
    this.entries.push(entry)
    return () => {
      const at = this.entries.indexOf(entry)
      if (at >= 0) this.entries.splice(at, 1)
    }
  }

  /** Gives everything back. What cannot be is named and does not stop the rest. */
  async run(story: Story, keep: boolean): Promise<void> {
    for (const { what, undo, keepable } of this.entries.splice(0).reverse()) {
      if (keep && keepable) {
        story.warn(`${what} is left as it is; it ends by itself at its deadline`)
        continue
      }
      try {
        await undo()
      } catch (error) {
        story.warn(`${what} could not be removed and is still there: ${(error as Error).message}`)
      }
    }
  }
}

/** Runs work that acquires things; whatever becomes of it, they are given back. @param keep after a failure, keepable ones stay */
export const withUndo = async <T>(
  story: Story,
  keep: boolean,
  work: (undo: Undo) => Promise<T>,
): Promise<T> => {
  const undo = new Undo()
  let failed = true
  try {
    const result = await work(undo)
    failed = false
    return result
  } finally {
    await undo.run(story, keep && failed)
  }
}
