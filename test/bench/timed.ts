import { spawn } from 'node:child_process'

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

export interface Timed {
  readonly seconds: number
  readonly stdout: string
}

/** Ctrl-C, for whatever is being measured just now. */
export const interruption = new AbortController()

/**
 * Runs a program to its end. One that fails has no duration worth keeping. In a group of its own: a Ctrl-C of the
 * terminal would reach it beside ours, and a second one makes Terraform drop everything.
 */
export const time = async (program: Program, onStart?: (pid: number) => void): Promise<Timed> => {
  const { command, args, cwd, env } = program
  interruption.signal.throwIfAborted()
  const began = performance.now()
  const child = spawn(command, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const interrupt = () => void child.kill('SIGINT')
  interruption.signal.addEventListener('abort', interrupt, { once: true })
  if (child.pid !== undefined) onStart?.(child.pid)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail)
    child.on('close', done)
  }).finally(() => interruption.signal.removeEventListener('abort', interrupt))
  const seconds = (performance.now() - began) / 1000
  if (code !== 0)
    throw new Error(
      `${command} ${args.join(' ')} ended with ${code}:\n${`${stdout}\n${stderr}`.slice(-3000)}`,
    )
  return { seconds, stdout }
}

/** Each contender once per round, in another order each round, so that no one always runs first. */
export const rotate = async <Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, (round: number) => Promise<number>>>,
): Promise<Record<Name, number[]>> => {
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (let round = 0; round < rounds; round += 1)
    for (let place = 0; place < names.length; place += 1) {
      const name = names[(round + place) % names.length] as Name
      samples[name].push(await contenders[name](round))
    }
  return samples
}
