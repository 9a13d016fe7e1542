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

const listProcesses = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name))

/**
 * Watchers stay for a while after their program, so that its exit code can be asked for. Once no container runs
 * any more nobody will. They carry the run folder, which is ours alone, on their command line.
 */
export const endWatchers = (run: string): void => {
  for (const pid of listProcesses())
    if (isWatcher(wordsOf(pid), run))
      try {
        process.kill(Number(pid), 'SIGKILL')
      } catch {
        // It has just left by itself.
      }
}

const isOfEngine = (words: readonly string[], run: string): boolean =>
  words.some((word) => word.startsWith(`${run}/`) || word.includes(`=${run}/`))

/**
 * A watcher whose container has just ended starts podman once more to tidy up, and that would make the folders
 * anew which somebody is about to remove. Gives up waiting after a while that a busy computer does not need.
 */
export const waitForTidying = async (run: string): Promise<void> => {
  const end = performance.now() + 20_000
  while (listProcesses().some((pid) => isOfEngine(wordsOf(pid), run)) && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 20))
}
