/**
 * What a long job tells while it runs. The rooms below scripts/ speak through this and never write to a
 * terminal themselves; scripts/cli/progress.ts puts it on stderr.
 */
export interface Story {
  /** Announces a step, runs it, closes it with its seconds. `note` says what a long wait waits for. */
  step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>
  say(line: string): void
  warn(line: string): void
}

/** For callers that want no story, such as a health probe. */
export const silentStory: Story = {
  step: (_title, work) => work(() => {}),
  say: () => {},
  warn: () => {},
}
