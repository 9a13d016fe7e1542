import { defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'bench',
  summary:
    'measure ourselves beside bare Terraform, cdktf, moto, Packer and the plugin; writes test/bench/RESULTS.md',
  flags: {
    only: {
      type: 'string',
      value: 'name',
      about:
        'one group: start, up, network, fleet, control, gateway, guests, connect, ssh, elevation or image; may be repeated',
      multiple: true,
      choices: [
        'start',
        'up',
        'network',
        'fleet',
        'control',
        'gateway',
        'guests',
        'connect',
        'ssh',
        'elevation',
        'image',
      ],
    },
    runs: {
      type: 'string',
      value: 'n',
      about: 'repetitions of everything that starts Terraform (default 3)',
    },
    json: { type: 'boolean', about: 'print the rows as JSON on stdout' },
  },
  examples: ['npm run bench', 'npm run -s bench -- --only gateway --json'],
  run: async (flags, io) => {
    const { spawn } = await import('node:child_process')
    const { join } = await import('node:path')
    const { planPaths } = await import('../config/paths.ts')
    const { usageError } = await import('../config/user-error.ts')
    const runs = Number(flags.runs ?? 3)
    if (!Number.isInteger(runs) || runs < 1 || runs > 50)
      throw usageError(`--runs "${flags.runs}" is not a number from 1 to 50`, 'npm run bench -- --runs 3')
    const { root } = planPaths(process.env)
    // Its code is test code: not part of the bundle, and free to look into every room.
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(root, 'test', 'bench', 'main.ts'), JSON.stringify({ ...flags, runs })],
      { cwd: root, stdio: 'inherit' },
    )
    const interrupt = () => void child.kill('SIGINT')
    io.signal.addEventListener('abort', interrupt, { once: true })
    return new Promise<number>((done, fail) => {
      child.on('error', fail)
      child.on('close', (code) => done(code ?? 130))
    })
  },
})
