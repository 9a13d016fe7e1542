import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Words of /proc/<pid>/cmdline; none for a process that is gone, or of the kernel. */
const wordsOf = (pid: string): string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** podman watches each program that it runs inside a container with a process of its own. */
export const isWatcher = (words: readonly string[], run: string): boolean =>
  basename(words[0] ?? '') === 'conmon' && words.some((word) => word.startsWith(`${run}/`))

/**
 * Watchers stay for a while after their program, so that its exit code can be asked for. Once no container runs
 * any more nobody will. They carry the run folder, which is ours alone, on their command line.
 */
export const endWatchers = (run: string): void => {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    if (isWatcher(wordsOf(pid), run))
      try {
        process.kill(Number(pid), 'SIGKILL')
      } catch {
        // It has just left by itself.
      }
}
