import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { secondsOf } from './seconds-of.ts'

/** Seconds for a file that nobody has measured: such a one goes first, and is never what everybody waits for at the end. */
const unknown = Number.POSITIVE_INFINITY

/** The files that take longest first, so that no process stands idle while the last one works for six minutes. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId }: TestSpecification) =>
      secondsOf[relative(this.ctx.config.root, moduleId)] ?? unknown
    // Of two that are alike the name decides, so that every run has the same order.
    return [...files].sort((a, b) => compare(seconds(b), seconds(a)) || compare(a.moduleId, b.moduleId))
  }
}

const compare = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)
