export interface Ran {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

export interface RunOptions {
  readonly stdin?: string | Buffer
  /** root unless told. */
  readonly user?: string
  /** Ends the waiting, not the program: an engine cannot kill what it has started inside. */
  readonly signal?: AbortSignal
  /** Of each stream this much is kept, the rest is read and dropped. 1 MiB unless told. */
  readonly largest?: number
}

/** Programs inside a running guest. Rejects when the guest does not run; any exit code is an answer. */
export interface Shell {
  run(instanceId: string, argv: readonly string[], options?: RunOptions): Promise<Ran>
}
