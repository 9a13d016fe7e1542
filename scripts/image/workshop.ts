import { UserError } from '../../config/user-error.ts'
import type { ProvisionStep } from '../../userdata/payload.ts'
import { payloadFolder } from '../../userdata/payload.ts'
import { renderScript } from '../../userdata/render.ts'
import { lastLines, Remote } from '../aws/remote.ts'
import type { ImageContext } from './open.ts'
import type { Cargo } from './preflight.ts'
import { readImageScript } from './sources.ts'

const fetchSeconds = 900
/** Lines of a failing script in the error. */
const shownLines = 15

const logOf = (name: string): string => `/run/kiro-build-${name}.log`

/** A machine of a build, and how its payload gets there and runs. */
export class Workshop {
  readonly remote: Remote
  private readonly context: ImageContext

  constructor(context: ImageContext, instanceId: string) {
    this.context = context
    this.remote = new Remote(context.target.sdk, instanceId, context.io.signal)
  }

  /** Lays the named artefacts of the state bucket into a folder; `payload` is unpacked. */
  async fetch(cargo: Partial<Cargo>, folder: string = payloadFolder): Promise<void> {
    const { target, paths, images } = this.context
    const text = renderScript(await readImageScript(paths, 'fetch.sh'), {
      folder,
      bucket: images.bucket,
      owner: target.accountId,
      region: target.region,
      artifacts: Object.entries(cargo)
        .map(([name, sha256]) => `${sha256} ${name}`)
        .join('\n'),
    })
    const result = await this.remote.run({ text, seconds: fetchSeconds, about: 'fetch the payload' })
    if (!result.ok)
      throw new UserError(
        `${this.remote.instanceId} could not fetch its payload (${result.status}): ${lastLines(result.stderr || result.stdout, 3)}`,
        { hint: 'run the same command again' },
      )
  }

  /** Runs one script of provision/; what it says comes out line by line while it runs. */
  async run(step: ProvisionStep, note: (text: string) => void): Promise<void> {
    const { story } = this.context.io
    let seen = 0
    const tell = (lines: readonly string[]) => {
      for (const line of lines) story.say(`    ${line}`)
      seen += lines.length
      const last = lines.at(-1)
      if (last !== undefined) note(last)
    }
    const text = renderScript(await readImageScript(this.context.paths, 'run-step.sh'), {
      folder: payloadFolder,
      script: step.script,
      log: logOf(step.name),
    })
    const result = await this.remote.run({
      text,
      seconds: step.timeoutSeconds,
      about: `provision: ${step.name}`,
      meanwhile: async () => tell(await this.peek(step.name, seen)),
    })
    const { total, lines } = parseStepOutput(result.stdout)
    tell(lines.slice(Math.max(0, lines.length - Math.max(0, total - seen))))
    if (!result.ok) throw this.explain(step, result.exitCode, result.status, lines)
  }

  private explain(step: ProvisionStep, code: number, status: string, lines: readonly string[]): UserError {
    const how = status === 'Failed' ? `exit code ${code}` : status
    const said = lines.length === 0 ? ['it said nothing'] : lines.slice(-shownLines)
    return new UserError(
      [
        `${step.script} failed on ${this.remote.instanceId} (${how}):`,
        ...said.map((line) => `  ${line}`),
      ].join('\n'),
      { hint: 'npm run image:build -- --keep-on-error leaves the machine for a look' },
    )
  }

  /** Whole lines of a step that still runs, from one on. */
  private async peek(name: string, seen: number): Promise<string[]> {
    const log = logOf(name)
    const text = `n=$(wc -l <'${log}' 2>/dev/null || echo 0); [ "$n" -le ${seen} ] || sed -n "${seen + 1},\${n}p" '${log}' | head -n 200`
    const { ok, stdout } = await this.remote.run({ text, seconds: 30, about: `look at ${name}` })
    return ok && stdout !== '' ? stdout.replace(/\n$/, '').split('\n') : []
  }

  /** A whole text file of the machine, of any length. */
  async readFile(path: string): Promise<string> {
    const script = await readImageScript(this.context.paths, 'read-file.sh')
    let packed = ''
    for (;;) {
      const text = renderScript(script, { path, start: String(packed.length) })
      const part = await this.remote.run({ text, seconds: 60, about: `read ${path}` })
      if (!part.ok)
        throw new UserError(
          `could not read ${path} of ${this.remote.instanceId}: ${lastLines(part.stderr, 2)}`,
          { hint: 'npm run image:build -- --keep-on-error leaves the machine for a look' },
        )
      packed += part.stdout
      if (part.stdout.length < 20_000) break
    }
    const { gunzipSync } = await import('node:zlib')
    return gunzipSync(Buffer.from(packed, 'base64')).toString()
  }
}

/** First line: how many there are in all. Then the last ones, the first of which may be cut. */
export const parseStepOutput = (stdout: string): { total: number; lines: string[] } => {
  const [first = '', ...rest] = stdout.split('\n')
  if (rest.at(-1) === '') rest.pop()
  return { total: Number.parseInt(first, 10) || rest.length, lines: rest }
}
