import { parseArgs } from 'node:util'

/** What local/control/spawn.ts passes on the command line. Nothing in it is secret. */
export interface GatewayOptions {
  readonly root: string
  /** `<state>/local` */
  readonly folder: string
  readonly python: string
  readonly bundle: string
  readonly idleMinutes: number
}

export const renderOptions = (options: GatewayOptions): string[] => [
  `--root=${options.root}`,
  `--folder=${options.folder}`,
  `--python=${options.python}`,
  `--bundle=${options.bundle}`,
  `--idle-minutes=${options.idleMinutes}`,
]

export const parseOptions = (argv: readonly string[]): GatewayOptions => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      root: { type: 'string' },
      folder: { type: 'string' },
      python: { type: 'string' },
      bundle: { type: 'string' },
      'idle-minutes': { type: 'string' },
    },
  })
  const required = (name: keyof typeof values): string => {
    const value = values[name]
    if (value === undefined || value === '') throw new Error(`--${name} is missing`)
    return value
  }
  const idleMinutes = Number(required('idle-minutes'))
  if (!(idleMinutes > 0))
    throw new Error(`--idle-minutes is ${values['idle-minutes']}, a number above 0 is needed`)
  return {
    root: required('root'),
    folder: required('folder'),
    python: required('python'),
    bundle: required('bundle'),
    idleMinutes,
  }
}
