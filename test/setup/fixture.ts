import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openPlace, type SetupIo } from '../../scripts/setup/ensure.ts'
import type { Place } from '../../scripts/setup/tool.ts'

/** A machine of its own: an empty PATH, an empty home, an empty state folder. */
export const createMachine = () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'setup-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const folder = (name: string) => {
    mkdirSync(join(root, name), { recursive: true })
    return join(root, name)
  }
  const [bin, home, state] = [folder('bin'), folder('home'), join(root, 'state')]
  const paths = {
    root,
    state,
    bundle: join(root, 'bundle'),
    tools: join(state, 'tools'),
    local: join(state, 'local'),
    base: join(state, 'base'),
  }
  // The Docker of whoever runs the tests is not part of this machine.
  const env: NodeJS.ProcessEnv = { PATH: bin, HOME: home, DOCKER_HOST: `unix://${join(root, 'docker.sock')}` }
  const calls = join(root, 'calls')
  return {
    root,
    bin,
    home,
    paths,
    env,
    folder,
    /** Every line a program appended with `say`. */
    calls: () => {
      try {
        return readFileSync(calls, 'utf8').split('\n').filter(Boolean)
      } catch {
        return []
      }
    },
    /** A real executable; each start leaves its name and arguments in `calls`. */
    program: (name: string, body: string, where = bin) => {
      const path = join(where, name)
      writeFileSync(path, `#!/bin/sh\necho "${name} $*" >> '${calls}'\n${body}\n`)
      chmodSync(path, 0o755)
      return path
    },
    place: (change: Partial<Place> = {}): Place => ({ ...openPlace(createIo(), paths, env), ...change }),
  }
}

export type Machine = ReturnType<typeof createMachine>

export const terraformOf = (version: string): string => `echo '{"terraform_version":"${version}"}'`

/** Remembers what was said and asked. */
export const createIo = (
  change: Partial<SetupIo> = {},
): SetupIo & { lines: string[]; questions: string[] } => {
  const lines: string[] = []
  const questions: string[] = []
  const say = (line: string) => void lines.push(line)
  return {
    lines,
    questions,
    story: {
      say,
      warn: say,
      step(title, work) {
        say(title)
        return work(() => {})
      },
    },
    interactive: false,
    yes: false,
    confirm: async (question) => {
      questions.push(question)
      return false
    },
    ...change,
  }
}

/** A server on the loopback interface that lives as long as the test. */
export const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
