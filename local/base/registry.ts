import { pins } from '../../config/pins.ts'

/** Where the container image of Amazon Linux 2023 comes from. */
export interface ImageSource {
  /** Host, with a port where it is not 443. */
  readonly registry: string
  readonly repository: string
  /** Of the list of architectures, or of one image. */
  readonly digest: string
}

export const amazonLinuxSource: ImageSource = pins.amazonLinux

export type RegistryAnswer = { readonly answers: true } | { readonly answers: false; readonly why: string }

/** One that is this computer's own, which tests have, speaks plain HTTP. */
export const isLoopback = (registry: string): boolean => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(registry)

export const renderSource = ({ registry, repository, digest }: ImageSource): string =>
  `${registry}/${repository}@${digest}`

/**
 * A login page of a hotel is no registry: that one says what it speaks, or asks for a token.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#determining-support
 */
export const isRegistry = (status: number, headers: { get(name: string): string | null }): boolean =>
  (status === 200 || status === 401) &&
  (headers.get('docker-distribution-api-version') !== null ||
    /^bearer /i.test(headers.get('www-authenticate') ?? ''))

const seconds = 3

const explain = (error: unknown): string => {
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return `nothing within ${seconds} seconds`
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? message
}

/** Asks for nothing but whether it is there. Not through a proxy: behind one, pulling is the only question. */
export const askRegistry = async (
  { registry }: ImageSource,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<RegistryAnswer> => {
  if (!isLoopback(registry) && (env.HTTPS_PROXY ?? env.https_proxy ?? '') !== '') return { answers: true }
  const url = `${isLoopback(registry) ? 'http' : 'https'}://${registry}/v2/`
  const clock = AbortSignal.timeout(seconds * 1000)
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: signal === undefined ? clock : AbortSignal.any([signal, clock]),
    })
    await response.body?.cancel()
    return isRegistry(response.status, response.headers)
      ? { answers: true }
      : { answers: false, why: `HTTP ${response.status}, which is no registry` }
  } catch (error) {
    signal?.throwIfAborted()
    return { answers: false, why: explain(error) }
  }
}
