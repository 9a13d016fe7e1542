import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { python } from '../local/control/fixture.ts'

export interface TerminalEnd {
  readonly code: number
  /** Line discipline, echo and signals are as they were before. */
  readonly restored: boolean
}

/** A program in a terminal, and a person in front of it. */
export const openTerminal = (argv: readonly string[], env: NodeJS.ProcessEnv, size = [80, 24] as const) => {
  const child = spawn(python, [join(import.meta.dirname, 'terminal.py'), ...size.map(String), ...argv], {
    env,
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
  })
  let shown = ''
  let from = 0
  let result = ''
  const watchers = new Set<() => void>()
  child.stdout?.on('data', (data: Buffer) => {
    shown += data
    for (const watcher of watchers) watcher()
  })
  const [input, , , third] = child.stdio as unknown as [Writable, Readable, null, Readable]
  third.on('data', (data: Buffer) => {
    result += data
  })
  const ended = new Promise<TerminalEnd>((resolve) => {
    child.on('close', () => {
      for (const watcher of watchers) watcher()
      resolve(JSON.parse(result) as TerminalEnd)
    })
  })
  const order = (what: object) => input.write(`${JSON.stringify(what)}\n`)
  return {
    ended,
    shown: () => shown,
    type: (text: string | Buffer) => order({ type: Buffer.from(text).toString('base64') }),
    resize: (columns: number, rows: number) => order({ resize: [columns, rows] }),
    signal: (number: number) => order({ signal: number }),
    /** Resolves with what matches after what was seen before. */
    see: (pattern: RegExp, seconds = 110): Promise<string> =>
      new Promise((resolve, reject) => {
        const fail = () => {
          watchers.delete(look)
          reject(new Error(`no ${pattern} within ${seconds} s in ${JSON.stringify(shown.slice(from))}`))
        }
        const timer = setTimeout(fail, seconds * 1000)
        const look = () => {
          const found = pattern.exec(shown.slice(from))
          if (found === null) return
          from += found.index + found[0].length
          clearTimeout(timer)
          watchers.delete(look)
          resolve(found[0])
        }
        watchers.add(look)
        look()
      }),
    close: () => input.end(),
  }
}

export type Terminal = ReturnType<typeof openTerminal>
